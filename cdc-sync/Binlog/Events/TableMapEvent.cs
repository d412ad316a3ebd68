using System.Text;
using Strangler.CdcSync.Binlog.Values;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Binlog.Events;

/// <summary>The table and column types of the row events that follow under the same id.</summary>
/// <remarks>https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Table__map__event.html</remarks>
internal sealed record TableMapEvent(ulong TableId, TableName Table, BinlogColumn[] Columns, bool HasSignedness, bool HasCharacterSets) : BinlogEvent
{
    public const int MaximumColumns = 4096;

    /// <summary>The primary key's columns in its order, where the log tells them; null when it does not or there is none.</summary>
    public int[]? PrimaryKey { get; init; }

    /// <summary>Whether the log names the columns (<c>binlog_row_metadata=FULL</c>).</summary>
    public bool HasNames => Columns.Length > 0 && Columns[0].Name is not null;

    public static TableMapEvent Parse(ReadOnlySpan<byte> body, FormatDescription format)
    {
        var reader = new ByteReader(body);
        var id = reader.ReadLittleEndian(format.TableIdLength(EventType.TableMap));
        reader.Skip(2);
        var database = ReadName(ref reader);
        var name = ReadName(ref reader);
        var count = reader.ReadLength();
        if (count > MaximumColumns)
        {
            throw reader.Malformed($"a table of {count} columns");
        }

        var types = reader.Take(count);
        var metadata = new ByteReader(reader.ReadLengthEncodedBytes());
        var columns = new BinlogColumn[count];
        for (var i = 0; i < count; i++)
        {
            columns[i] = ReadMetadata(ref metadata, (ColumnType)types[i]);
        }

        var nullable = reader.Take((count + 7) / 8);
        for (var i = 0; i < count; i++)
        {
            columns[i] = columns[i] with { IsNullable = (nullable[i / 8] & (1 << (i % 8))) != 0 };
        }

        var (signedness, characterSets, primaryKey) = OptionalMetadata.Read(ref reader, columns);
        return new TableMapEvent(id, new TableName(database, name), columns, signedness, characterSets) { PrimaryKey = primaryKey };
    }

    private static string ReadName(ref ByteReader reader)
    {
        var name = Encoding.UTF8.GetString(reader.Take(reader.ReadByte()));
        reader.Skip(1);
        return name;
    }

    private static BinlogColumn ReadMetadata(ref ByteReader reader, ColumnType type)
    {
        switch (type)
        {
            case ColumnType.Float or ColumnType.Double or ColumnType.Blob or ColumnType.TinyBlob or ColumnType.MediumBlob or ColumnType.LongBlob
                or ColumnType.Geometry or ColumnType.Json or ColumnType.Vector or ColumnType.BlobCompressed
                or ColumnType.Time2 or ColumnType.DateTime2 or ColumnType.Timestamp2:
                return new BinlogColumn(type, reader.ReadByte());
            case ColumnType.VarChar or ColumnType.VarCharCompressed or ColumnType.Bit or ColumnType.NewDecimal:
                return new BinlogColumn(type, reader.ReadUInt16());
            case ColumnType.String or ColumnType.VarString or ColumnType.Enum or ColumnType.Set:
                return StringColumn(reader.ReadByte(), reader.ReadByte());
            case ColumnType.TypedArray:
                throw reader.Malformed("a column of type TYPED_ARRAY");
            default:
                return new BinlogColumn(type, 0);
        }
    }

    // CHAR, ENUM and SET share a type: the real one stands in the metadata, and the two high bits of a long CHAR's length hide in it, inverted.
    private static BinlogColumn StringColumn(byte type, byte length) => (type & 0x30) == 0x30
        ? new BinlogColumn((ColumnType)type, length)
        : new BinlogColumn((ColumnType)(type | 0x30), length | (((type & 0x30) ^ 0x30) << 4));
}
