using Strangler.CdcSync.Binlog.Values;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Binlog.Events;

/// <summary>Decodes the rows of a rows event against its table map.</summary>
/// <remarks>https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Rows__event.html</remarks>
internal static class RowImages
{
    private const int MaximumRatio = 1100;

    /// <summary>Appends one change for each row of the event.</summary>
    public static void Read(RowsEvent rows, TableMapEvent map, TableShape shape, List<Change> changes)
    {
        var reader = new ByteReader(rows.Body.Span);
        var count = reader.ReadLengthEncoded();
        if (count != (ulong)map.Columns.Length)
        {
            throw reader.Malformed($"rows of {count} columns for {map.Table}, whose map has {map.Columns.Length}");
        }

        var isUpdate = !rows.IsWrite && !rows.IsDelete;
        var bitmap = (map.Columns.Length + 7) / 8;
        var firstPresent = reader.Take(bitmap);
        var secondPresent = isUpdate ? reader.Take(bitmap) : default;
        if (rows.IsCompressed)
        {
            reader = new ByteReader(CompressedPart.Expand(reader.TakeRest(), MaximumRatio));
        }

        var checks = (rows.Flags & RowsFlags.NoForeignKeyChecks) == 0;
        while (reader.Remaining > 0)
        {
            var start = reader.Offset;
            var first = ReadRow(ref reader, map.Columns, firstPresent);
            var second = isUpdate ? ReadRow(ref reader, map.Columns, secondPresent) : null;
            if (reader.Offset == start)
            {
                throw reader.Malformed("a row without a byte");
            }

            changes.Add(rows.IsWrite ? new RowChange(shape, RowOperation.Insert, null, first, checks)
                : isUpdate ? new RowChange(shape, RowOperation.Update, first, second, checks)
                : new RowChange(shape, RowOperation.Delete, first, null, checks));
        }
    }

    private static ColumnValue[] ReadRow(ref ByteReader reader, BinlogColumn[] columns, ReadOnlySpan<byte> present)
    {
        var presentCount = 0;
        for (var i = 0; i < columns.Length; i++)
        {
            presentCount += IsSet(present, i) ? 1 : 0;
        }

        var nulls = reader.Take((presentCount + 7) / 8);
        var values = new ColumnValue[columns.Length];
        for (int i = 0, bit = 0; i < columns.Length; i++)
        {
            if (IsSet(present, i))
            {
                values[i] = IsSet(nulls, bit++) ? ColumnValue.Null : ValueReader.Read(ref reader, columns[i]);
            }
        }

        return values;
    }

    private static bool IsSet(ReadOnlySpan<byte> bits, int index) => (bits[index / 8] & (1 << (index % 8))) != 0;
}

/// <summary>A compressed part of a MariaDB event: the length of the length in the low bits, the length big-endian, a zlib stream.</summary>
internal static class CompressedPart
{
    public static byte[] Expand(ReadOnlySpan<byte> data, int maximumRatio)
    {
        var reader = new ByteReader(data);
        var header = reader.ReadByte();
        if ((header & 0x70) != 0)
        {
            throw reader.Malformed($"compression method {(header & 0x70) >> 4}");
        }

        var length = reader.ReadBigEndian(header & 0x07);
        return Inflate.Expand(reader.TakeRest(), length, raw: false, maximumRatio);
    }
}
