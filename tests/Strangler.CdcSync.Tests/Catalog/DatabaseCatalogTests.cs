using MySqlConnector;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Catalog;

public sealed class DatabaseCatalogTests(SharedServers servers)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Definitions_are_read_when_a_change_of_theirs_is_over_MariaDb() => await ReadBehindLockAsync((await servers.MariaDbAsync(Cancelled)).ConnectionString);

    [Fact]
    public async Task Definitions_are_read_when_a_change_of_theirs_is_over_MySql() => await ReadBehindLockAsync((await servers.MySqlAsync(Cancelled)).ConnectionString);

    /// <summary>A table's lock stands for the moment in which a statement is in the log already and not yet in the catalogue.</summary>
    private static async Task ReadBehindLockAsync(Func<string?, string> server)
    {
        var database = SharedServers.NewDatabase("catalog");
        await using var session = new MySqlConnection(server(null));
        await session.OpenAsync(Cancelled);
        await ExecuteAsync($"CREATE DATABASE {database}; USE {database}; CREATE TABLE t (id int PRIMARY KEY, old int); CREATE TABLE other (id int PRIMARY KEY)");
        await ExecuteAsync("LOCK TABLES t WRITE");

        var reading = new DatabaseCatalog(server(database)).ReadAsync(database, _ => ["t", "missing", "other"], Cancelled);
        await WaitingAsync();
        await ExecuteAsync("ALTER TABLE t CHANGE old fresh int; UNLOCK TABLES");

        var tables = (await reading).Tables;
        tables.Select(table => table.Name.Name).Should().BeEquivalentTo("t", "other");
        tables.Single(table => table.Name.Name == "t").Columns.Select(column => column.Name).Should().Equal("id", "fresh");

        async Task ExecuteAsync(string sql)
        {
            await using var command = new MySqlCommand(sql, session);
            await command.ExecuteNonQueryAsync(Cancelled);
        }

        async Task WaitingAsync() => await Eventually.TrueAsync(
            async () =>
            {
                await using var watcher = new MySqlConnection(server(null));
                await watcher.OpenAsync(Cancelled);
                await using var command = new MySqlCommand(
                    $"SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE DB = '{database}' AND STATE = 'Waiting for table metadata lock'", watcher);
                return Convert.ToInt64(await command.ExecuteScalarAsync(Cancelled), System.Globalization.CultureInfo.InvariantCulture) > 0;
            },
            "the catalogue waits for the lock", Cancelled);
    }
}
