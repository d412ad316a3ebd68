using System.Collections.Frozen;
using Dapper;
using MySqlConnector;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Relay;

/// <summary>The definitions of every table of the source's database. Loaded at start and after each statement that changes one.</summary>
internal sealed class RelayCatalog(string connectionString, string database) : ITableCatalog
{
    private FrozenDictionary<string, TableDefinition> _tables = FrozenDictionary<string, TableDefinition>.Empty;

    public IEnumerable<TableDefinition> Definitions => Volatile.Read(ref _tables).Values;

    public IEnumerable<TableName> Tables => Definitions.Select(table => table.Name);

    public IEnumerable<TableName> ChangedWith(TableName table) => [];

    // A table whose columns the log does not name and the catalogue does not fit stops the relay, so nothing is gained by knowing when it was read.
    public SourcePosition? ReadBefore => null;

    public TableDefinition? Find(TableName table) => table.Database == database ? Volatile.Read(ref _tables).GetValueOrDefault(table.Name) : null;

    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        var names = await connection.QueryAsync<string>(new CommandDefinition(
            "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = @database AND TABLE_TYPE = 'BASE TABLE'", new { database }, cancellationToken: cancellationToken));
        var tables = await CatalogReader.TablesAsync(connection, database, [.. names], cancellationToken);
        Volatile.Write(ref _tables, tables.ToFrozenDictionary(table => table.Name.Name));
    }
}
