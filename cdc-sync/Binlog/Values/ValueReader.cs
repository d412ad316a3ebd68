using System.Buffers.Binary;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Binlog.Values;

/// <summary>One column's value in a row image, by the column's type and metadata.</summary>
internal static class ValueReader
{
    public static ColumnValue Read(ref ByteReader reader, BinlogColumn column) => column.Type switch
    {
        ColumnType.Tiny => Integer(ref reader, column, 1),
        ColumnType.Short => Integer(ref reader, column, 2),
        ColumnType.Int24 => Integer(ref reader, column, 3),
        ColumnType.Long => Integer(ref reader, column, 4),
        ColumnType.LongLong => Integer(ref reader, column, 8),
        ColumnType.Float => ColumnValue.Of(BinaryPrimitives.ReadSingleLittleEndian(reader.Take(4))),
        ColumnType.Double => ColumnValue.Of(BinaryPrimitives.ReadDoubleLittleEndian(reader.Take(8))),
        ColumnType.NewDecimal => ColumnValue.Of(DecimalValue.Read(ref reader, column.Metadata & 0xFF, column.Metadata >> 8)),
        ColumnType.Year => Year(reader.ReadByte()),
        ColumnType.Date or ColumnType.NewDate => ColumnValue.Of(TemporalValue.Date(ref reader)),
        ColumnType.Time => ColumnValue.Of(TemporalValue.OldTime(ref reader)),
        ColumnType.DateTime => ColumnValue.Of(TemporalValue.OldDateTime(ref reader)),
        ColumnType.Timestamp => ColumnValue.Of(TemporalValue.OldTimestamp(ref reader)),
        ColumnType.Time2 => ColumnValue.Of(TemporalValue.Time(ref reader, column.Metadata)),
        ColumnType.DateTime2 => ColumnValue.Of(TemporalValue.DateTime(ref reader, column.Metadata)),
        ColumnType.Timestamp2 => ColumnValue.Of(TemporalValue.Timestamp(ref reader, column.Metadata)),
        ColumnType.Bit => ColumnValue.Of(reader.ReadBigEndian((column.Metadata >> 8) + ((column.Metadata & 0xFF) > 0 ? 1 : 0))),
        ColumnType.Enum or ColumnType.Set => ColumnValue.Of(reader.ReadLittleEndian(column.Metadata & 0xFF)),
        ColumnType.VarChar or ColumnType.VarString => Characters(reader.Take(column.Metadata < 256 ? reader.ReadByte() : reader.ReadUInt16()), column),
        ColumnType.VarCharCompressed => Characters(CompressedColumn.Expand(reader.Take(column.Metadata < 256 ? reader.ReadByte() : reader.ReadUInt16())), column),
        ColumnType.String => FixedCharacters(ref reader, column),
        ColumnType.Blob or ColumnType.TinyBlob or ColumnType.MediumBlob or ColumnType.LongBlob => Characters(Blob(ref reader, column), column),
        ColumnType.BlobCompressed => Characters(CompressedColumn.Expand(Blob(ref reader, column)), column),
        ColumnType.Geometry or ColumnType.Vector => ColumnValue.Of(Blob(ref reader, column).ToArray()),
        ColumnType.Json => JsonValue(ref reader, column),
        ColumnType.Null => ColumnValue.Null,
        _ => throw reader.Malformed($"a value of the unknown column type {(byte)column.Type}"),
    };

    /// <summary>Steps over a value without decoding it.</summary>
    public static void Skip(ref ByteReader reader, BinlogColumn column)
    {
        switch (column.Type)
        {
            case ColumnType.Null:
                break;
            case ColumnType.VarChar or ColumnType.VarString or ColumnType.VarCharCompressed:
                reader.Skip(column.Metadata < 256 ? reader.ReadByte() : reader.ReadUInt16());
                break;
            case ColumnType.String:
                reader.Skip(column.Metadata > 255 ? reader.ReadUInt16() : reader.ReadByte());
                break;
            case ColumnType.Blob or ColumnType.TinyBlob or ColumnType.MediumBlob or ColumnType.LongBlob or ColumnType.BlobCompressed
                or ColumnType.Geometry or ColumnType.Vector or ColumnType.Json:
                Blob(ref reader, column);
                break;
            default:
                reader.Skip(FixedLength(column) ?? throw reader.Malformed($"a value of the unknown column type {(byte)column.Type}"));
                break;
        }
    }

    private static int? FixedLength(BinlogColumn column) => column.Type switch
    {
        ColumnType.Tiny or ColumnType.Year => 1,
        ColumnType.Short => 2,
        ColumnType.Int24 or ColumnType.Date or ColumnType.NewDate or ColumnType.Time => 3,
        ColumnType.Long or ColumnType.Float or ColumnType.Timestamp => 4,
        ColumnType.LongLong or ColumnType.Double or ColumnType.DateTime => 8,
        ColumnType.NewDecimal => DecimalValue.Length(column.Metadata & 0xFF, column.Metadata >> 8),
        ColumnType.Time2 => 3 + ((column.Metadata + 1) / 2),
        ColumnType.DateTime2 => 5 + ((column.Metadata + 1) / 2),
        ColumnType.Timestamp2 => 4 + ((column.Metadata + 1) / 2),
        ColumnType.Bit => (column.Metadata >> 8) + ((column.Metadata & 0xFF) > 0 ? 1 : 0),
        ColumnType.Enum or ColumnType.Set => column.Metadata & 0xFF,
        _ => null,
    };

    private static ColumnValue Integer(ref ByteReader reader, BinlogColumn column, int length)
    {
        var value = reader.ReadLittleEndian(length);
        if (column.Unsigned)
        {
            return ColumnValue.Of(value);
        }

        var unused = 64 - 8 * length;
        return ColumnValue.Of((long)(value << unused) >> unused);
    }

    private static ColumnValue Year(byte stored) => ColumnValue.Of(stored == 0 ? 0L : 1900L + stored);

    public static ReadOnlySpan<byte> Blob(ref ByteReader reader, BinlogColumn column)
    {
        var length = reader.ReadLittleEndian(column.Metadata is >= 1 and <= 4 ? column.Metadata : throw reader.Malformed($"a blob whose length takes {column.Metadata} bytes"));
        return length <= (ulong)reader.Remaining ? reader.Take((int)length) : throw reader.Malformed($"a blob of {length} bytes where {reader.Remaining} are left");
    }

    private static ColumnValue FixedCharacters(ref ByteReader reader, BinlogColumn column)
    {
        var maximum = column.Metadata;
        var bytes = reader.Take(maximum > 255 ? reader.ReadUInt16() : reader.ReadByte());
        // The server strips a BINARY column's trailing zeros from the log; they belong to its value.
        if (column.CharacterSet == CharacterSets.Binary && bytes.Length < maximum)
        {
            var padded = new byte[maximum];
            bytes.CopyTo(padded);
            return ColumnValue.Of(padded);
        }

        return Characters(bytes, column);
    }

    private static ColumnValue Characters(ReadOnlySpan<byte> bytes, BinlogColumn column) =>
        CharacterSets.TryDecode(column.CharacterSet, bytes) is { } text ? ColumnValue.Of(text) : ColumnValue.Of(bytes.ToArray());

    private static ColumnValue JsonValue(ref ByteReader reader, BinlogColumn column)
    {
        var document = Blob(ref reader, column);
        return document.IsEmpty ? ColumnValue.Of("null") : ColumnValue.Of(JsonDocumentReader.ToText(document));
    }
}
