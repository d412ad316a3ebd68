using Strangler.CdcSync.Binlog;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium.Envelope;

namespace Strangler.CdcSync.Debezium.Topics;

/// <summary>
/// What the schema-change topic says of every table, and since when: a row is read with the definition of its own time. Written by the
/// reading side; safe for several threads.
/// </summary>
internal sealed class SchemaHistory
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TableName, List<(OrderKey Since, TableDefinition? Definition)>> _versions = [];
    private readonly Dictionary<(string Child, string Name), ForeignKey> _foreignKeys = [];

    public bool IsEmpty
    {
        get
        {
            lock (_lock)
            {
                return _versions.Count == 0;
            }
        }
    }

    /// <summary>The foreign keys as the last statement left them.</summary>
    public IReadOnlyList<ForeignKey> ForeignKeys
    {
        get
        {
            lock (_lock)
            {
                return [.. _foreignKeys.Values];
            }
        }
    }

    /// <summary>The tables of a database as the last statement left them.</summary>
    public IReadOnlyList<TableDefinition> Latest(string database)
    {
        lock (_lock)
        {
            return [.. _versions.Where(table => table.Key.Database == database).Select(table => table.Value[^1].Definition).OfType<TableDefinition>()];
        }
    }

    public void Apply(SchemaChange change, OrderKey since)
    {
        lock (_lock)
        {
            foreach (var table in change.Tables)
            {
                Add(table.Table, since, table.Definition);
            }

            FollowForeignKeys(change);
        }
    }

    /// <summary>The definition of a table at a place in the log; null when the topic does not reach back so far, or knows no such table.</summary>
    public TableDefinition? At(TableName table, OrderKey place)
    {
        lock (_lock)
        {
            if (!_versions.TryGetValue(table, out var versions))
            {
                return null;
            }

            for (var i = versions.Count - 1; i >= 0; i--)
            {
                if (versions[i].Since <= place)
                {
                    return versions[i].Definition;
                }
            }

            return null;
        }
    }

    private void Add(TableName table, OrderKey since, TableDefinition? definition)
    {
        if (!_versions.TryGetValue(table, out var versions))
        {
            _versions[table] = versions = [];
        }

        // Statements of one event follow each other at one place; the last one counts.
        var at = versions.Count;
        while (at > 0 && versions[at - 1].Since >= since)
        {
            at--;
        }

        if (at < versions.Count && versions[at].Since == since)
        {
            versions[at] = (since, definition);
        }
        else
        {
            versions.Insert(at, (since, definition));
        }
    }

    private void FollowForeignKeys(SchemaChange change)
    {
        foreach (var renamed in DdlStatement.Read(change.Database, change.Statement, _ => true).OfType<TablesRenamed>().SelectMany(rename => rename.Steps))
        {
            foreach (var key in _foreignKeys.Values.Where(key => key.Child == renamed.From.Name || key.Parent == renamed.From.Name).ToList())
            {
                _foreignKeys.Remove((key.Child, key.Name));
                var moved = key with
                {
                    Child = key.Child == renamed.From.Name ? renamed.To.Name : key.Child,
                    Parent = key.Parent == renamed.From.Name ? renamed.To.Name : key.Parent,
                };
                _foreignKeys[(moved.Child, moved.Name)] = moved;
            }
        }

        foreach (var table in change.Tables)
        {
            var ddl = TableDdl.Read(change.Statement, table.Table.Name);
            if (table.Definition is null || ddl.IsCreate)
            {
                foreach (var key in _foreignKeys.Keys.Where(key => key.Child == table.Table.Name).ToList())
                {
                    _foreignKeys.Remove(key);
                }
            }

            foreach (var gone in ddl.Dropped)
            {
                _foreignKeys.Remove((table.Table.Name, gone));
            }

            foreach (var key in table.Definition is null ? [] : ddl.ForeignKeys)
            {
                _foreignKeys[(key.Child, key.Name)] = key;
            }
        }
    }
}
