using System.Text;
using MySqlConnector;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.DeadLetters;
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

    /// <summary>Children whose rows may have changed in a way that neither the log nor the mirror tells, or the mirror does not take; and why.</summary>
    public Dictionary<string, string> Unknown { get; } = [];

    /// <summary>Tables in whose first copy rows went by a cascade through themselves: rows copied before may hang on such as are not copied yet.</summary>
    public HashSet<string> Unsure { get; } = [];

    /// <summary>Whether an update changes what children refer to, or might.</summary>
    public static bool MayMoveChildren(MirrorSet mirrors, RowChange change)
    {
        foreach (var key in mirrors.KeysInto(change.Table.Name))
        {
            if (key.OnUpdate == ReferentialAction.None)
            {
                continue;
            }

            foreach (var column in key.ParentColumns)
            {
                var at = change.Shape.IndexOf(column);
                if (at >= 0 && !change.After![at].IsAbsent && !change.After[at].Equals(change.Before![at]))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether the image leaves out what children refer to, so that the mirror must be asked for it.</summary>
    public static bool NeedsMirror(MirrorSet mirrors, RowChange change)
    {
        foreach (var key in mirrors.KeysInto(change.Table.Name))
        {
            foreach (var column in key.ParentColumns)
            {
                if (change.Shape.IndexOf(column) is >= 0 and var at && change.Before![at].IsAbsent)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Follows the deletes, or the one update, of a parent's rows; what is pending of the children must have been written before.</summary>
    public async Task FollowAsync(string parent, IReadOnlyList<RowChange> changes, CancellationToken cancellationToken)
    {
        var before = new List<Func<string, ColumnValue>>();
        foreach (var change in changes)
        {
            if (await BeforeAsync(parent, change, cancellationToken) is { } row)
            {
                before.Add(row);
            }
        }

        if (before.Count == 0)
        {
            return;
        }

        foreach (var key in mirrors.KeysInto(parent))
        {
            if (changes[0].Operation == RowOperation.Delete)
            {
                var values = before.Select(row => Values(row, key.ParentColumns)).OfType<ColumnValue[]>().ToList();
                await ApplyAsync(key, key.OnDelete, values, null, 0, cancellationToken);
                continue;
            }

            var old = Values(before[0], key.ParentColumns);
            if (old is not null && Values(column => After(changes[0], column, before[0]), key.ParentColumns) is { } changed && !old.AsSpan().SequenceEqual(changed))
            {
                await ApplyAsync(key, key.OnUpdate, [old], changed, 0, cancellationToken);
            }
        }
    }

    /// <summary>A parent's row before its change; what the image leaves out is asked of the mirror. Null when nobody knows.</summary>
    private async Task<Func<string, ColumnValue>?> BeforeAsync(string parent, RowChange change, CancellationToken cancellationToken)
    {
        if (!NeedsMirror(mirrors, change))
        {
            return column => Value(change.Shape, change.Before!, column);
        }

        if (mirrors.Find(parent) is { } table && table.KeyOf(table.Arrange(change.Shape, change.Before!)) is var key && !key.Values.Any(value => value.IsAbsent))
        {
            var wanted = mirrors.KeysInto(parent).SelectMany(into => into.ParentColumns).Select(table.IndexOf).Distinct().ToList();
            // A row that is not there has no children there either: those were copied after it, and read without them.
            return await RowLookup.FindAsync(connection, table, wanted, table.KeyColumns, [key.Values], cancellationToken) is [var row] ? column => row[table.IndexOf(column)] : null;
        }

        foreach (var into in mirrors.KeysInto(parent))
        {
            Unknown[into.Child] = $"a row of {parent} went, and its partial image does not say which rows of {into.Child} went with it";
        }

        return null;
    }

    private static ColumnValue After(RowChange change, string column, Func<string, ColumnValue> before)
    {
        var value = Value(change.Shape, change.After!, column);
        return value.IsAbsent ? before(column) : value;
    }

    private static ColumnValue Value(TableShape shape, ColumnValue[] image, string column) => shape.IndexOf(column) is >= 0 and var at ? image[at] : default;

    /// <summary>The values of some columns; null when one of them is NULL, so that no child refers to them.</summary>
    private static ColumnValue[]? Values(Func<string, ColumnValue> row, IReadOnlyList<string> columns)
    {
        var values = columns.Select(row).ToArray();
        return values.Any(value => value.IsAbsent || value.IsNull) ? null : values;
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

        windows.InvalidateCopies(child.Name);
        if (mirrors.IsInCircle(child.Name))
        {
            Unsure.Add(child.Name);
        }

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

            try
            {
                await WriteAsync(child, columns, part, action, newValues, cancellationToken);
            }
            catch (Exception fault) when (RowFault.Is(fault))
            {
                // Which of the rows it is comes out when they are copied.
                Unknown[child.Name] = $"what a foreign key did to its rows is refused: {fault.Message}";
            }

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
    private Task<List<ColumnValue[]>> SelectAsync(MirrorTable child, List<int> columns, ColumnValue[][] values, CancellationToken cancellationToken)
    {
        var wanted = child.KeyColumns.Concat(columns).Concat(child.DirtyColumns)
            .Concat(mirrors.KeysInto(child.Name).SelectMany(key => key.ParentColumns).Select(child.IndexOf))
            .Distinct().ToList();
        return RowLookup.FindAsync(connection, child, wanted, columns, values, cancellationToken);
    }

    private static ColumnValue[] Pick(MirrorTable table, ColumnValue[] row, ForeignKey key) => [.. key.ParentColumns.Select(column => row[table.IndexOf(column)])];
}
