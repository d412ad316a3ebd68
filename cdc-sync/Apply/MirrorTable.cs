using System.Runtime.CompilerServices;
using System.Text;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Routing;

namespace Strangler.CdcSync.Apply;

/// <summary>A mirrored table as it stands in the target: its columns, its key, and how changes of any shape map to them.</summary>
internal sealed class MirrorTable
{
    private readonly ConditionalWeakTable<TableShape, int[]> _maps = [];
    private readonly int[] _key;
    private readonly (string Entity, int Column)[] _dirty;

    public MirrorTable(TableDefinition definition, TableSubscription subscription)
    {
        Definition = definition;
        Subscription = subscription;
        _key = [.. definition.Key!.Select(IndexOf)];
        _dirty = [.. (subscription.Dirty ?? []).Select(rule => (rule.Entity, rule.Column is null ? -1 : IndexOf(rule.Column)))];
        var names = definition.Columns.Select(column => SqlLiteral.Name(column.Name)).ToList();
        UpsertHead = $"INSERT INTO {SqlLiteral.Name(Name)} ({string.Join(", ", names)}) VALUES ";
        UpsertTail = " ON DUPLICATE KEY UPDATE " + string.Join(", ", names.Select(name => $"{name}=VALUES({name})"));
        DirtyColumns = [.. _dirty.Select(rule => rule.Column).Where(column => column >= 0).Distinct()];
    }

    public TableDefinition Definition { get; }

    public TableSubscription Subscription { get; }

    /// <summary>Whether a service asked for it; others are kept for cdc-sync's own use.</summary>
    public bool IsSubscribed { get; init; } = true;

    public string Name => Definition.Name.Name;

    /// <summary>What stands before and after the rows of a statement that writes whole rows.</summary>
    public string UpsertHead { get; }

    public string UpsertTail { get; }

    /// <summary>The columns whose values are dirty keys.</summary>
    public IReadOnlyList<int> DirtyColumns { get; }

    public IReadOnlyList<ColumnDefinition> Columns => Definition.Columns;

    public IReadOnlyList<int> KeyColumns => _key;

    /// <summary>A row image in the mirror's order of columns; columns that the image lacks are absent.</summary>
    public ColumnValue[] Arrange(TableShape shape, ColumnValue[] image)
    {
        var map = _maps.GetValue(shape, MapOf);
        var row = new ColumnValue[map.Length];
        for (var i = 0; i < map.Length; i++)
        {
            row[i] = map[i] < 0 ? default : image[map[i]];
        }

        return row;
    }

    public RowKey KeyOf(ColumnValue[] row)
    {
        var key = new ColumnValue[_key.Length];
        for (var i = 0; i < key.Length; i++)
        {
            key[i] = row[_key[i]];
        }

        return new RowKey(key);
    }

    /// <summary>Whether two rows have the same key.</summary>
    public bool IsSameKey(ColumnValue[] row, ColumnValue[] other)
    {
        foreach (var column in _key)
        {
            if (!row[column].Equals(other[column]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Marks what a row makes dirty; false when it is a partial image that does not say all of it.</summary>
    public bool MarkDirty(ColumnValue[] row, DirtyKeys dirty)
    {
        var isKnown = true;
        foreach (var (entity, column) in _dirty)
        {
            if (column < 0)
            {
                dirty.Add(entity, Routing.Subscription.AllKeys);
            }
            else if (row[column].IsAbsent)
            {
                isKnown = false;
            }
            else if (!row[column].IsNull)
            {
                dirty.Add(entity, row[column]);
            }
        }

        return isKnown;
    }

    public int IndexOf(string column)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            if (string.Equals(Columns[i].Name, column, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        throw new InvalidDataException($"The subscription names the column '{column}' of {Definition.Name}, which has no such column.");
    }

    /// <summary>The condition that finds rows by the values of some columns.</summary>
    public StringBuilder AppendWhere(StringBuilder sql, IReadOnlyList<int> columns, IReadOnlyList<ColumnValue[]> values)
    {
        sql.Append(columns.Count == 1 ? "" : "(").AppendJoin(", ", columns.Select(column => SqlLiteral.Name(Columns[column].Name))).Append(columns.Count == 1 ? " IN (" : ") IN (");
        for (var i = 0; i < values.Count; i++)
        {
            sql.Append(i > 0 ? "," : "");
            AppendTuple(sql, columns, values[i]);
        }

        return sql.Append(')');
    }

    public void AppendTuple(StringBuilder sql, IReadOnlyList<int> columns, ColumnValue[] values)
    {
        sql.Append(columns.Count == 1 ? "" : "(");
        for (var i = 0; i < columns.Count; i++)
        {
            sql.Append(i > 0 ? "," : "").AppendValue(values[i], Columns[columns[i]]);
        }

        sql.Append(columns.Count == 1 ? "" : ")");
    }

    private int[] MapOf(TableShape shape)
    {
        var map = new int[Columns.Count];
        for (var i = 0; i < map.Length; i++)
        {
            map[i] = -1;
            for (var j = 0; j < shape.Columns.Count; j++)
            {
                if (string.Equals(shape.Columns[j], Columns[i].Name, StringComparison.OrdinalIgnoreCase))
                {
                    map[i] = j;
                    break;
                }
            }
        }

        return map;
    }
}
