using Strangler.CdcSync.Binlog.Values;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Binlog.Events;

/// <summary>Decodes the rows of a rows event against its table map.</summary>
/// <remarks>https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Rows__event.html</remarks>
internal static class RowImages
{
    // A value option of partial updates: JSON columns may hold differences.
    private const ulong PartialJson = 1;

    /// <summary>Appends one change for each row of the event.</summary>
    public static void Read(RowsEvent rows, TableMapEvent map, TableShape shape, List<Change> changes)
    {
        var reader = Begin(rows = rows.Expanded(), map, out var firstPresent, out var secondPresent);
        var checks = (rows.Flags & RowsFlags.NoForeignKeyChecks) == 0;
        while (reader.Remaining > 0)
        {
            var start = reader.Offset;
            var first = ReadRow(ref reader, map.Columns, firstPresent);
            var isIncomplete = false;
            var second = !rows.IsUpdate ? null
                : rows.IsPartial ? ReadPartialRow(ref reader, map.Columns, secondPresent, first, out isIncomplete)
                : ReadRow(ref reader, map.Columns, secondPresent);
            if (reader.Offset == start)
            {
                throw reader.Malformed("a row without a byte");
            }

            changes.Add(rows.IsWrite ? new RowChange(shape, RowOperation.Insert, null, first, checks)
                : rows.IsUpdate ? new RowChange(shape, RowOperation.Update, first, second, checks) { IsIncomplete = isIncomplete }
                : new RowChange(shape, RowOperation.Delete, first, null, checks));
        }
    }

    /// <summary>The number of changes that <see cref="Read"/> would give; values are stepped over and not decoded.</summary>
    public static int Count(RowsEvent rows, TableMapEvent map)
    {
        var reader = Begin(rows = rows.Expanded(), map, out var firstPresent, out var secondPresent);
        var count = 0;
        while (reader.Remaining > 0)
        {
            var start = reader.Offset;
            SkipRow(ref reader, map.Columns, firstPresent);
            if (rows.IsUpdate)
            {
                if (rows.IsPartial)
                {
                    PartialBits(ref reader, map.Columns);
                }

                SkipRow(ref reader, map.Columns, secondPresent);
            }

            if (reader.Offset == start)
            {
                throw reader.Malformed("a row without a byte");
            }

            count++;
        }

        return count;
    }

    private static ByteReader Begin(RowsEvent rows, TableMapEvent map, out ReadOnlySpan<byte> firstPresent, out ReadOnlySpan<byte> secondPresent)
    {
        var reader = new ByteReader(rows.Body.Span);
        var count = reader.ReadLengthEncoded();
        if (count != (ulong)map.Columns.Length)
        {
            throw reader.Malformed($"rows of {count} columns for {map.Table}, whose map has {map.Columns.Length}");
        }

        var bitmap = (map.Columns.Length + 7) / 8;
        firstPresent = reader.Take(bitmap);
        secondPresent = rows.IsUpdate ? reader.Take(bitmap) : default;
        return reader;
    }

    private static ColumnValue[] ReadRow(ref ByteReader reader, BinlogColumn[] columns, ReadOnlySpan<byte> present)
    {
        var nulls = reader.Take((CountPresent(present, columns.Length) + 7) / 8);
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

    private static ColumnValue[] ReadPartialRow(ref ByteReader reader, BinlogColumn[] columns, ReadOnlySpan<byte> present, ColumnValue[] before, out bool isIncomplete)
    {
        isIncomplete = false;
        var partial = PartialBits(ref reader, columns);
        var nulls = reader.Take((CountPresent(present, columns.Length) + 7) / 8);
        var values = new ColumnValue[columns.Length];
        for (int i = 0, bit = 0, json = 0; i < columns.Length; i++)
        {
            // Every JSON column has its bit, whether it is in the image or not.
            var isPartial = columns[i].Type == ColumnType.Json && !partial.IsEmpty && IsSet(partial, json++);
            if (IsSet(present, i))
            {
                values[i] = IsSet(nulls, bit++) ? ColumnValue.Null
                    : isPartial ? JsonDifference.Apply(ValueReader.Blob(ref reader, columns[i]), before[i])
                    : ValueReader.Read(ref reader, columns[i]);
                isIncomplete |= values[i].IsAbsent;
            }
        }

        return values;
    }

    private static void SkipRow(ref ByteReader reader, BinlogColumn[] columns, ReadOnlySpan<byte> present)
    {
        var nulls = reader.Take((CountPresent(present, columns.Length) + 7) / 8);
        for (int i = 0, bit = 0; i < columns.Length; i++)
        {
            if (IsSet(present, i) && !IsSet(nulls, bit++))
            {
                ValueReader.Skip(ref reader, columns[i]);
            }
        }
    }

    private static ReadOnlySpan<byte> PartialBits(ref ByteReader reader, BinlogColumn[] columns)
    {
        var options = reader.ReadLengthEncoded();
        return (options & PartialJson) == 0 ? default : reader.Take((columns.Count(column => column.Type == ColumnType.Json) + 7) / 8);
    }

    private static int CountPresent(ReadOnlySpan<byte> present, int columns)
    {
        var count = 0;
        for (var i = 0; i < columns; i++)
        {
            count += IsSet(present, i) ? 1 : 0;
        }

        return count;
    }

    private static bool IsSet(ReadOnlySpan<byte> bits, int index) => (bits[index >> 3] & (1 << (index & 7))) != 0;
}
