using System.Globalization;
using System.Text;
using MySqlConnector;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Snapshot;

namespace Strangler.CdcSync.Apply;

/// <summary>
/// Does to the mirror's children what InnoDB did to the source's when a parent's row went or its key changed: MariaDB and older MySQL log
/// nothing of it. Where a server does log it, nothing is left to do and nothing is done.
/// </summary>
internal sealed class Cascade(MySqlConnection connection, MirrorSet mirrors, SnapshotWindows windows, DirtyKeys dirty)
{
    private const int KeysPerStatement = 1000;
    private const int MaximumDepth = 15;

    /// <summary>Follows the deletes, or the one update, of a parent's rows; the children's pending changes must have been written before.</summary>
    public async Task FollowAsync(string parent, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
    {
        foreach (var key in mirrors.KeysInto(parent))
        {
            if (changes[0].Operation == RowOperation.Delete)
            {
                var values = changes.Select(change => Values(change.Shape, change.Before!, key.ParentColumns)).OfType<ColumnValue[]>().ToList();
                await ApplyAsync(key, key.OnDelete, values, null, 0, cancellationToken);
                continue;
            }

            var before = Values(changes[0].Shape, changes[0].Before!, key.ParentColumns);
            var after = Values(changes[0].Shape, changes[0].After!, key.ParentColumns);
            if (before is not null && after is not null && !before.AsSpan().SequenceEqual(after))
            {
                await ApplyAsync(key, key.OnUpdate, [before], after, 0, cancellationToken);
            }
        }
    }

    private async Task ApplyAsync(
        ForeignKey key, ReferentialAction action, List<ColumnValue[]> parentValues, ColumnValue[]? newValues, int depth, CancellationToken cancellationToken)
    {
        if (action == ReferentialAction.None || parentValues.Count == 0 || mirrors.Find(key.Child) is not { } child)
        {
            return;
        }

        if (depth > MaximumDepth)
        {
            throw new InvalidOperationException($"The foreign key {key.Name} cascades deeper than the server itself would.");
        }

        // Rows that are being copied now were perhaps read before the server removed them.
        windows.Invalidate(child.Name);
        var columns = key.ChildColumns.Select(child.IndexOf).ToList();
        foreach (var part in parentValues.Chunk(KeysPerStatement))
        {
            var rows = await SelectAsync(child, columns, part, cancellationToken);
            if (rows.Count == 0)
            {
                continue;
            }

            foreach (var row in rows)
            {
                child.MarkDirty(row, dirty);
                windows.Touch(child.Name, child.KeyOf(row));
            }

            await WriteAsync(child, columns, part, action, newValues, cancellationToken);
            await DescendAsync(child, rows, columns, action, newValues, depth, cancellationToken);
        }
    }

    private async Task DescendAsync(
        MirrorTable child, List<ColumnValue[]> rows, List<int> columns, ReferentialAction action, ColumnValue[]? newValues, int depth, CancellationToken cancellationToken)
    {
        var deleted = action == ReferentialAction.Cascade && newValues is null;
        foreach (var row in rows.Where(_ => !deleted))
        {
            var changed = (ColumnValue[])row.Clone();
            for (var i = 0; i < columns.Count; i++)
            {
                changed[columns[i]] = action == ReferentialAction.SetNull ? ColumnValue.Null : newValues![i];
            }

            child.MarkDirty(changed, dirty);
            windows.Touch(child.Name, child.KeyOf(changed));
            foreach (var key in mirrors.KeysInto(child.Name).Where(key => key.ParentColumns.Any(column => columns.Contains(child.IndexOf(column)))))
            {
                await ApplyAsync(key, key.OnUpdate, [Pick(child, row, key)], Pick(child, changed, key), depth + 1, cancellationToken);
            }
        }

        foreach (var key in mirrors.KeysInto(child.Name).Where(_ => deleted))
        {
            await ApplyAsync(key, key.OnDelete, [.. rows.Select(row => Pick(child, row, key)).Where(values => !values.Any(value => value.IsNull))], null, depth + 1, cancellationToken);
        }
    }

    private async Task WriteAsync(
        MirrorTable child, List<int> columns, ColumnValue[][] values, ReferentialAction action, ColumnValue[]? newValues, CancellationToken cancellationToken)
    {
        var sql = new StringBuilder();
        if (action == ReferentialAction.Cascade && newValues is null)
        {
            sql.Append("DELETE FROM ").AppendName(child.Name);
        }
        else
        {
            sql.Append("UPDATE ").AppendName(child.Name).Append(" SET ");
            for (var i = 0; i < columns.Count; i++)
            {
                sql.Append(i > 0 ? ", " : "").AppendName(child.Columns[columns[i]].Name).Append('=')
                    .AppendValue(action == ReferentialAction.SetNull ? ColumnValue.Null : newValues![i], child.Columns[columns[i]]);
            }
        }

        await TargetDatabase.ExecuteAsync(connection, child.AppendWhere(sql.Append(" WHERE "), columns, values), cancellationToken);
    }

    /// <summary>The rows about to change, with the columns that keys and dirty rules need; all others are absent.</summary>
    private async Task<List<ColumnValue[]>> SelectAsync(MirrorTable child, List<int> columns, ColumnValue[][] values, CancellationToken cancellationToken)
    {
        var wanted = child.KeyColumns.Concat(columns)
            .Concat((child.Subscription.Dirty ?? []).Where(rule => rule.Column is not null).Select(rule => child.IndexOf(rule.Column!)))
            .Concat(mirrors.KeysInto(child.Name).SelectMany(key => key.ParentColumns).Select(child.IndexOf))
            .Distinct().ToList();
        var sql = new StringBuilder("SELECT ").AppendJoin(", ", wanted.Select(column => SqlLiteral.Name(child.Columns[column].Name)))
            .Append(" FROM ").AppendName(child.Name).Append(" WHERE ");
        child.AppendWhere(sql, columns, values);
#pragma warning disable CA2100 // Built from quoted names and literals by SqlLiteral.
        await using var command = new MySqlCommand(sql.ToString(), connection);
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<ColumnValue[]>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var row = new ColumnValue[child.Columns.Count];
            for (var i = 0; i < wanted.Count; i++)
            {
                row[wanted[i]] = Value(reader.GetValue(i));
            }

            rows.Add(row);
        }

        return rows;
    }

    private static ColumnValue[] Pick(MirrorTable table, ColumnValue[] row, ForeignKey key) => [.. key.ParentColumns.Select(column => row[table.IndexOf(column)])];

    private static ColumnValue[]? Values(TableShape shape, ColumnValue[] image, IReadOnlyList<string> columns)
    {
        var values = new ColumnValue[columns.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var at = shape.Columns.ToList().FindIndex(name => string.Equals(name, columns[i], StringComparison.OrdinalIgnoreCase));
            if (at < 0 || image[at].IsAbsent || image[at].IsNull)
            {
                return null;
            }

            values[i] = image[at];
        }

        return values;
    }

    private static ColumnValue Value(object value) => value switch
    {
        DBNull => ColumnValue.Null,
        sbyte or short or int or long or byte or ushort or uint => ColumnValue.Of(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        ulong number => ColumnValue.Of(number),
        byte[] bytes => ColumnValue.Of(bytes),
        string text => ColumnValue.Of(text),
        _ => ColumnValue.Of(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
    };
}
