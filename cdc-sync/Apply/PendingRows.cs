using System.Text;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Apply;

/// <summary>
/// What a batch will do to one mirrored table, one entry for each key: the last row, or its removal. Deletes are written before
/// upserts, so keys that the table's collation takes for one cannot undo each other.
/// </summary>
internal sealed class PendingRows(MirrorTable table)
{
    private const int DeletesPerStatement = 1000;

    private readonly Dictionary<RowKey, Pending> _rows = [];

    public MirrorTable Table { get; } = table;

    public int Count => _rows.Count;

    public void Upsert(RowKey key, ColumnValue[] row, bool isInsert)
    {
        if (_rows.TryGetValue(key, out var pending) && pending.Row is { } earlier && !isInsert)
        {
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = row[i].IsAbsent ? earlier[i] : row[i];
            }

            isInsert = pending.IsInsert;
        }

        _rows[key] = new Pending(row, isInsert);
    }

    public void Delete(RowKey key) => _rows[key] = new Pending(null, false);

    public void Clear() => _rows.Clear();

    /// <summary>Writes everything as statements of at most the given size, save for single rows that are larger.</summary>
    public IEnumerable<string> Statements(int maximumLength)
    {
        foreach (var keys in _rows.Where(row => row.Value.Row is null).Select(row => row.Key.Values).Chunk(DeletesPerStatement))
        {
            var sql = new StringBuilder("DELETE FROM ").AppendName(Table.Name).Append(" WHERE ");
            yield return Table.AppendWhere(sql, Table.KeyColumns, keys).ToString();
        }

        foreach (var statement in Upserts(maximumLength))
        {
            yield return statement;
        }

        foreach (var (key, pending) in _rows.Where(row => row.Value.Row is { } values && IsPartial(values)))
        {
            yield return pending.IsInsert ? PartialInsert(pending.Row!) : PartialUpdate(key, pending.Row!);
        }
    }

    private IEnumerable<string> Upserts(int maximumLength)
    {
        var all = Enumerable.Range(0, Table.Columns.Count).ToArray();
        var tail = " ON DUPLICATE KEY UPDATE " + string.Join(", ", Table.Columns.Select(column => $"{SqlLiteral.Name(column.Name)}=VALUES({SqlLiteral.Name(column.Name)})"));
        StringBuilder? sql = null;
        foreach (var pending in _rows.Values)
        {
            if (pending.Row is null || IsPartial(pending.Row))
            {
                continue;
            }

            if (sql is null)
            {
                sql = new StringBuilder("INSERT INTO ").AppendName(Table.Name).Append(" (").Append(Table.ColumnList).Append(") VALUES ");
            }
            else
            {
                sql.Append(',');
            }

            sql.Append('(');
            AppendValues(sql, pending.Row, all);
            sql.Append(')');
            if (sql.Length > maximumLength)
            {
                yield return sql.Append(tail).ToString();
                sql = null;
            }
        }

        if (sql is not null)
        {
            yield return sql.Append(tail).ToString();
        }
    }

    private string PartialInsert(ColumnValue[] row)
    {
        var present = Present(row);
        var names = present.Select(column => SqlLiteral.Name(Table.Columns[column].Name)).ToList();
        var sql = new StringBuilder("INSERT INTO ").AppendName(Table.Name).Append(" (").AppendJoin(", ", names).Append(") VALUES (");
        AppendValues(sql, row, present);
        return sql.Append(") ON DUPLICATE KEY UPDATE ").AppendJoin(", ", names.Select(name => $"{name}=VALUES({name})")).ToString();
    }

    private string PartialUpdate(RowKey key, ColumnValue[] row)
    {
        var sql = new StringBuilder("UPDATE ").AppendName(Table.Name).Append(" SET ");
        var first = true;
        foreach (var column in Present(row))
        {
            sql.Append(first ? "" : ", ").AppendName(Table.Columns[column].Name).Append('=').AppendValue(row[column], Table.Columns[column]);
            first = false;
        }

        return Table.AppendWhere(sql.Append(" WHERE "), Table.KeyColumns, [key.Values]).ToString();
    }

    private void AppendValues(StringBuilder sql, ColumnValue[] row, IReadOnlyList<int> columns)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            sql.Append(i > 0 ? "," : "").AppendValue(row[columns[i]], Table.Columns[columns[i]]);
        }
    }

    private static List<int> Present(ColumnValue[] row) => [.. Enumerable.Range(0, row.Length).Where(column => !row[column].IsAbsent)];

    private static bool IsPartial(ColumnValue[] row)
    {
        foreach (var value in row)
        {
            if (value.IsAbsent)
            {
                return true;
            }
        }

        return false;
    }

    private readonly record struct Pending(ColumnValue[]? Row, bool IsInsert);
}
