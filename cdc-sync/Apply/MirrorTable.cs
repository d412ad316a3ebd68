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
        ColumnList = string.Join(", ", definition.Columns.Select(column => SqlLiteral.Name(column.Name)));
    }

    public TableDefinition Definition { get; }

    public TableSubscription Subscription { get; }

    public string Name => Definition.Name.Name;

    public string ColumnList { get; }

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

    public void MarkDirty(ColumnValue[] row, DirtyKeys dirty)
    {
        foreach (var (entity, column) in _dirty)
        {
            if (column < 0)
            {
                dirty.Add(entity, Routing.Subscription.AllKeys);
            }
            else if (row[column].IsAbsent)
            {
                // A partial image does not say whose row it was.
                dirty.AddAll();
            }
            else if (!row[column].IsNull)
            {
                dirty.Add(entity, row[column].ToString());
            }
        }
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
