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
    private readonly Dictionary<TableMapEvent, (TableMapEvent Map, TableShape Shape, TableDefinition? Definition)> _known =
        new(ReferenceEqualityComparer.Instance);

    /// <summary>The completed map and its columns; null when the columns cannot be told.</summary>
    public (TableMapEvent Map, TableShape Shape)? Of(TableMapEvent map)
    {
        var definition = catalog.Find(map.Table);
        if (_known.TryGetValue(map, out var known) && ReferenceEquals(known.Definition, definition))
        {
            return (known.Map, known.Shape);
        }

        if (!map.HasNames && definition?.Columns.Count != map.Columns.Length)
        {
            return null;
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

        var completed = map with { Columns = columns };
        var shape = new TableShape(map.Table, [.. columns.Select(column => column.Name!)]);
        _known[map] = (completed, shape, definition);
        return (completed, shape);
    }
}
