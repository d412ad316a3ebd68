using Dapper;
using MySqlConnector;
using Strangler.CdcSync.Apply;
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
    private const int LockWaitSeconds = 10;

    public async Task<CatalogContent> ReadAsync(string database, Func<IReadOnlyList<ForeignKey>, IReadOnlyCollection<string>> wanted, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await SettleAsync(connection, database, wanted([]), cancellationToken);
        var keys = (await CatalogReader.ForeignKeysAsync(connection, database, cancellationToken)).Where(key => key.HasAction).ToList();
        var tables = await CatalogReader.TablesAsync(connection, database, wanted(keys), cancellationToken);
        return new CatalogContent(tables, keys, await SourcePositionReader.ReadAsync(connection, cancellationToken));
    }

    /// <summary>
    /// A statement is in the log a moment before the catalogue shows what it did. Until then it has its tables locked, so whoever has opened
    /// them once since sees it.
    /// </summary>
    private static async Task SettleAsync(MySqlConnection connection, string database, IReadOnlyCollection<string> names, CancellationToken cancellationToken)
    {
        var opening = names.Select(name => $"(SELECT 1 FROM {SqlLiteral.Name(database)}.{SqlLiteral.Name(name)} LIMIT 0)").ToList();
        if (opening.Count == 0)
        {
            return;
        }

        await ExecuteAsync(connection, $"SET SESSION lock_wait_timeout = {LockWaitSeconds}", cancellationToken);
        if (await OpensAsync(connection, string.Join(" UNION ALL ", opening), cancellationToken))
        {
            return;
        }

        // One of them is not there, or may not be read, or is locked by somebody for long: that says nothing about the others.
        foreach (var one in opening)
        {
            await OpensAsync(connection, one, cancellationToken);
        }
    }

    private static async Task<bool> OpensAsync(MySqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync(connection, sql, cancellationToken);
            return true;
        }
        catch (MySqlException) when (connection.State == System.Data.ConnectionState.Open)
        {
            return false;
        }
    }

    private static Task<int> ExecuteAsync(MySqlConnection connection, string sql, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: cancellationToken));
}
