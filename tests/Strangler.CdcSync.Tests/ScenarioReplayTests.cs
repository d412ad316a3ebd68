using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests;

/// <summary>The recorded Magento scenario, replayed on a real server under a running sync: indexer swaps, cascades, truncates and all.</summary>
public sealed class ScenarioReplayTests
{
    [Fact]
    public async Task The_mirror_of_every_table_is_the_source_after_the_scenario()
    {
        var log = RepositoryPaths.RequireShared("magento", "binlog", "mysql-bin.000003");
        var cancellation = TestContext.Current.CancellationToken;
        await using var server = await MariaDbServer.StartAsync(cancellation);
        await server.ExecuteAsync(null, "CREATE DATABASE magento CHARACTER SET utf8mb4; CREATE DATABASE service CHARACTER SET utf8mb4", cancellation);
        await server.LoadAsync("magento", RepositoryPaths.RequireShared("magento", "db", "magento-schema.sql.gz"), cancellation);
        await server.LoadAsync("magento", RepositoryPaths.RequireShared("magento", "db", "magento-data.sql.gz"), cancellation);
        var tables = await TestSync.RowsAsync(
            server.ConnectionString("magento"),
            "SELECT DISTINCT s.TABLE_NAME FROM information_schema.STATISTICS s JOIN information_schema.TABLES t USING (TABLE_SCHEMA, TABLE_NAME) WHERE s.TABLE_SCHEMA = 'magento' AND s.INDEX_NAME = 'PRIMARY' AND t.TABLE_TYPE = 'BASE TABLE' AND t.ENGINE = 'InnoDB' AND s.TABLE_NAME NOT LIKE '%\\_tmp' AND s.TABLE_NAME NOT LIKE '%batches' AND s.TABLE_NAME NOT LIKE '%index\\_sequence'");
        await using var sync = TestSync.Over(server.ConnectionString("magento"), "magento", server.ConnectionString("service"), "service", TestSync.Subscribe([.. tables]));
        await sync.StartAsync();
        await sync.StreamingAsync();

        var sql = Path.GetTempFileName();
        await File.WriteAllTextAsync(sql, await ProcessRunner.RunAsync("mariadb-binlog", ["--no-defaults", log], cancellation), cancellation);
        await server.LoadAsync("magento", sql, cancellation);
        File.Delete(sql);
        await sync.CaughtUpAsync();
        await sync.CaughtUpAsync();

        foreach (var table in tables)
        {
            await sync.ShouldMirrorAsync(table);
        }

        (await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*) FROM catalog_product_entity")).Should().Equal(
            await TestSync.RowsAsync(sync.Source, "SELECT COUNT(*) FROM catalog_product_entity"));
    }
}
