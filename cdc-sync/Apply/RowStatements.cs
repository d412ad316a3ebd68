using System.Text;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Apply;

/// <summary>Rows as statements. Each can be repeated without harm.</summary>
internal static class RowStatements
{
    private const int DeletesPerStatement = 1000;

    /// <summary>Statements of at most the given size, save for single rows that are larger; the rows stand removals first, parts last. Each is valid until the next.</summary>
    public static IEnumerable<StringBuilder> Of(MirrorTable table, IReadOnlyList<PendingRow> rows, int maximumLength)
    {
        var next = 0;
        var sql = new StringBuilder();
        while (next < rows.Count)
        {
            sql.Clear();
            next = rows[next] switch
            {
                { Row: null } => AppendDelete(sql, table, rows, next),
                { IsPartial: false } => AppendUpsert(sql, table, rows, next, maximumLength),
                _ => AppendPart(sql, table, rows[next], next),
            };
            yield return sql;
        }
    }

    private static int AppendDelete(StringBuilder sql, MirrorTable table, IReadOnlyList<PendingRow> rows, int from)
    {
        var end = from;
        while (end < rows.Count && end - from < DeletesPerStatement && rows[end].Row is null)
        {
            end++;
        }

        sql.Append("DELETE FROM ").AppendName(table.Name).Append(" WHERE ");
        table.AppendWhere(sql, table.KeyColumns, [.. Enumerable.Range(from, end - from).Select(row => rows[row].Key.Values)]);
        return end;
    }

    private static int AppendUpsert(StringBuilder sql, MirrorTable table, IReadOnlyList<PendingRow> rows, int from, int maximumLength)
    {
        sql.Append(table.UpsertHead);
        var next = from;
        do
        {
            sql.Append(next > from ? ",(" : "(");
            var row = rows[next].Row!;
            for (var i = 0; i < row.Length; i++)
            {
                if (i > 0)
                {
                    sql.Append(',');
                }

                sql.AppendValue(row[i], table.Columns[i]);
            }

            sql.Append(')');
            next++;
        }
        while (next < rows.Count && sql.Length < maximumLength && rows[next] is { Row: not null, IsPartial: false });
        sql.Append(table.UpsertTail);
        return next;
    }

    private static int AppendPart(StringBuilder sql, MirrorTable table, PendingRow pending, int at)
    {
        var row = pending.Row!;
        if (pending.IsInsert)
        {
            // What a new row's image leaves out has its default.
            sql.Append(table.UpsertHead).Append('(');
            for (var i = 0; i < row.Length; i++)
            {
                sql.Append(i > 0 ? "," : "");
                _ = row[i].IsAbsent ? sql.Append("DEFAULT") : sql.AppendValue(row[i], table.Columns[i]);
            }

            sql.Append(')').Append(table.UpsertTail);
            return at + 1;
        }

        sql.Append("UPDATE ").AppendName(table.Name).Append(" SET ");
        AppendSet(sql, table, row);
        table.AppendWhere(sql.Append(" WHERE "), table.KeyColumns, [pending.Key.Values]);
        return at + 1;
    }

    /// <summary>The values that are there, as assignments.</summary>
    public static void AppendSet(StringBuilder sql, MirrorTable table, ColumnValue[] row)
    {
        var first = true;
        for (var i = 0; i < row.Length; i++)
        {
            if (!row[i].IsAbsent)
            {
                sql.Append(first ? "" : ", ").AppendName(table.Columns[i].Name).Append('=').AppendValue(row[i], table.Columns[i]);
                first = false;
            }
        }
    }
}
