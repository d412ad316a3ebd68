using MySqlConnector;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Positions;

namespace Strangler.CdcSync.Catalog;

/// <summary>A state of a source's catalogue.</summary>
/// <param name="Tables">The wanted tables.</param>
/// <param name="ForeignKeys">Every foreign key that acts.</param>
/// <param name="ReadBefore">The end of the source's log after it was read, null where nobody knows.</param>
internal sealed record CatalogContent(IReadOnlyList<TableDefinition> Tables, IReadOnlyList<ForeignKey> ForeignKeys, SourcePosition? ReadBefore);

/// <summary>Where a source's catalogue is read from.</summary>
internal interface ICatalogReader
{
    /// <summary>Reads the foreign keys, and the tables that are wanted in view of them.</summary>
    Task<CatalogContent> ReadAsync(string database, Func<IReadOnlyList<ForeignKey>, IReadOnlyCollection<string>> wanted, CancellationToken cancellationToken);
}

/// <summary>The catalogue of a server.</summary>
internal sealed class DatabaseCatalog(string connectionString) : ICatalogReader
{
    public async Task<CatalogContent> ReadAsync(string database, Func<IReadOnlyList<ForeignKey>, IReadOnlyCollection<string>> wanted, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        var keys = (await CatalogReader.ForeignKeysAsync(connection, database, cancellationToken)).Where(key => key.HasAction).ToList();
        var tables = await CatalogReader.TablesAsync(connection, database, wanted(keys), cancellationToken);
        return new CatalogContent(tables, keys, await SourcePositionReader.ReadAsync(connection, cancellationToken));
    }
}
