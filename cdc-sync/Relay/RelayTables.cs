using System.Text.RegularExpressions;
using Strangler.CdcSync.Binlog.Events;
using Strangler.CdcSync.Binlog.Values;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Relay;

/// <summary>Which tables are published, and in which form their rows are; a form is made once for each table map.</summary>
internal sealed class RelayTables(RelayOptions options, string database, ITableCatalog catalog, EnvelopeSchema envelope)
{
    private static readonly TimeSpan PatternTimeout = TimeSpan.FromSeconds(1);

    private readonly Dictionary<TableMapEvent, (RelayTable Table, TableDefinition? Definition)> _forms = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<TableName, RelayTable> _latest = [];
    private readonly Dictionary<TableName, bool> _included = [];
    private readonly Regex[] _include = Patterns(options.IncludeTables.Count > 0 ? options.IncludeTables : [Regex.Escape(database) + @"\..*"]);
    private readonly Regex[] _exclude = Patterns(options.ExcludeTables);

    public bool IsIncluded(TableName table)
    {
        if (!_included.TryGetValue(table, out var included))
        {
            var name = table.ToString();
            _included[table] = included = Array.Exists(_include, pattern => pattern.IsMatch(name)) && !Array.Exists(_exclude, pattern => pattern.IsMatch(name));
        }

        return included;
    }

    /// <summary>The form of a table with this map, whose names are completed.</summary>
    public RelayTable Of(TableMapEvent map)
    {
        var definition = catalog.Find(map.Table);
        if (_forms.TryGetValue(map, out var known) && ReferenceEquals(known.Definition, definition))
        {
            return known.Table;
        }

        var table = new RelayTable(options, map, Key(map, definition), definition, envelope);
        _forms[map] = (table, definition);
        _latest[map.Table] = table;
        return table;
    }

    /// <summary>A table of which perhaps no row was seen yet, as the catalogue describes it.</summary>
    public RelayTable? OfCatalog(TableName name) => _latest.GetValueOrDefault(name) ?? (catalog.Find(name) is { } definition ? Of(CatalogColumns.Map(definition)) : null);

    // The key that the log names is the one of the row's own time.
    private static int[]? Key(TableMapEvent map, TableDefinition? definition) =>
        map.PrimaryKey ?? (definition?.Key is { } names ? Indexes(map.Columns, names) : null);

    private static int[]? Indexes(BinlogColumn[] columns, IReadOnlyList<string> names)
    {
        var indexes = names.Select(name => Array.FindIndex(columns, column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase))).ToArray();
        return Array.Exists(indexes, index => index < 0) ? null : indexes;
    }

    private static Regex[] Patterns(IEnumerable<string> patterns) =>
        [.. patterns.Select(pattern => new Regex($"^(?:{pattern})$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, PatternTimeout))];
}
