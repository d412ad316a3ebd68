using MySqlConnector;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Verify;

/// <summary>One table as both sides define it now, with the hash of a row on each.</summary>
internal sealed class TableSides
{
    private TableSides(TableDefinition source, TableDefinition mirror, bool sortsAlike)
    {
        Source = source;
        SortsAlike = sortsAlike;
        var mirrored = source.Columns.Select(column => mirror.Column(column.Name)!).ToList();
        SourceHash = RowHash.Expression(source.Columns, mirrored);
        MirrorHash = RowHash.Expression(mirrored, source.Columns);
        Key = [.. source.Key!.Select(name => source.Column(name)!)];
        var mirroredKey = Key.Select(column => mirror.Column(column.Name)!).ToList();
        SourceKeyHash = RowHash.Expression(Key, mirroredKey);
        MirrorKeyHash = RowHash.Expression(mirroredKey, Key);
    }

    public TableDefinition Source { get; }

    public string Name => Source.Name.Name;

    public IReadOnlyList<ColumnDefinition> Key { get; }

    /// <summary>Whether a range of keys is the same set of rows on both sides.</summary>
    public bool SortsAlike { get; }

    public string SourceHash { get; }

    public string MirrorHash { get; }

    public string SourceKeyHash { get; }

    public string MirrorKeyHash { get; }

    /// <summary>Reads the mirror's definition; the fault says what makes the two incomparable.</summary>
    public static async Task<(TableSides? Sides, string? Fault)> ReadAsync(MySqlConnection target, TableDefinition source, bool isSourceMariaDb, CancellationToken cancellationToken)
    {
        var mirror = (await CatalogReader.TablesAsync(target, target.Database, [source.Name.Name], cancellationToken)).FirstOrDefault();
        if (mirror is null)
        {
            return (null, "there is no mirror of it");
        }

        if (source.Columns.FirstOrDefault(column => mirror.Column(column.Name) is null) is { } missing)
        {
            return (null, $"the mirror has no column '{missing.Name}'");
        }

        // A member's number and its text would not mean the same on both sides.
        if (source.Columns.FirstOrDefault(column => column.DataType is "enum" or "set" && column.ColumnType != mirror.Column(column.Name)!.ColumnType) is { } members)
        {
            return (null, $"the mirror's column '{members.Name}' is {mirror.Column(members.Name)!.ColumnType}, and not {members.ColumnType}");
        }

        var sameKind = isSourceMariaDb == target.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
        return (new TableSides(source, mirror, source.Key!.All(name => SortAlike(source.Column(name)!, mirror.Column(name)!, sameKind))), null);
    }

    // Collations of one name need not sort alike on two kinds of server; by code they do.
    private static bool SortAlike(ColumnDefinition source, ColumnDefinition mirror, bool sameKind) =>
        source.CharacterSet is null
            ? sameKind || source.DataType is not ("uuid" or "inet4" or "inet6")
            : source.DataType is "enum" or "set" || (string.Equals(source.Collation, mirror.Collation, StringComparison.OrdinalIgnoreCase)
                && (sameKind || source.Collation!.EndsWith("_bin", StringComparison.OrdinalIgnoreCase)));
}

/// <summary>Rows after one key up to another; null is the end of the table on that side.</summary>
internal readonly record struct KeySpan(ColumnValue[]? After, ColumnValue[]? UpTo);

/// <summary>How many rows there are, and the sums of both halves of their hashes: the same in whatever order they are read.</summary>
internal readonly record struct Checksum(long Rows, string Low, string High);
