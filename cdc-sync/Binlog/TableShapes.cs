using Strangler.CdcSync.Binlog.Events;
using Strangler.CdcSync.Binlog.Values;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Binlog;

/// <summary>
/// Completes table maps with what the log left out: names, signedness and character sets come from the source's catalogue where the server
/// does not log them. Names in the log always win, so that old rows are read with the columns of their time.
/// </summary>
internal sealed class TableShapes(ITableCatalog catalog)
{
    private const int MaximumRemembered = 4096;

    private readonly HashSet<TableName> _named = [];
    private readonly Dictionary<TableMapEvent, CompletedTable> _known = new(ReferenceEqualityComparer.Instance);

    /// <summary>The completed map and its columns; null when the columns cannot be told.</summary>
    public CompletedTable? Of(TableMapEvent map)
    {
        var definition = catalog.Find(map.Table);
        if (_known.TryGetValue(map, out var known) && ReferenceEquals(known.Definition, definition))
        {
            return known;
        }

        if (!map.HasNames && !Fits(map, definition))
        {
            return null;
        }

        if (!map.HasNames)
        {
            _named.Add(map.Table);
        }

        if (_known.Count >= MaximumRemembered)
        {
            _known.Clear();
        }

        var columns = new BinlogColumn[map.Columns.Length];
        for (var i = 0; i < columns.Length; i++)
        {
            var column = map.Columns[i];
            var described = map.HasNames ? definition?.Column(column.Name!) : definition!.Columns[i];
            columns[i] = column with
            {
                Name = column.Name ?? described!.Name,
                Unsigned = map.HasSignedness ? column.Unsigned : described?.IsUnsigned ?? false,
                CharacterSet = map.HasCharacterSets && column.CharacterSet is not null ? column.CharacterSet : described is null ? null : described.CharacterSet ?? CharacterSets.Binary,
            };
        }

        var completed = new CompletedTable(map with { Columns = columns }, new TableShape(map.Table, [.. columns.Select(column => column.Name!)]), definition);
        _known[map] = completed;
        return completed;
    }

    /// <summary>
    /// Whether rows of the table were named by a definition that a statement at this place had already changed: the catalogue was read
    /// after it, the rows were logged before. Only where the log has no names of its own.
    /// </summary>
    public bool MayHaveMisread(TableName table, SourcePosition alteredAt) =>
        _named.Contains(table) && catalog.ReadBefore is { } end && end.HasReached(alteredAt);

    // A table of other columns in the same number would give wrong names without a word.
    private static bool Fits(TableMapEvent map, TableDefinition? definition)
    {
        if (definition?.Columns.Count != map.Columns.Length)
        {
            return false;
        }

        for (var i = 0; i < map.Columns.Length; i++)
        {
            if (!ColumnTypes.Fits(map.Columns[i], definition.Columns[i]))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>A table map in which nothing is missing, its columns, and the definition that it was completed with.</summary>
internal sealed record CompletedTable(TableMapEvent Map, TableShape Shape, TableDefinition? Definition);
