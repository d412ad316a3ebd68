using Strangler.Benchmarks.Processes;
using Strangler.TestKit;

namespace Strangler.Benchmarks.Catalog;

/// <summary>The catalog service as a process of its own over a mirror that was loaded from the recorded database.</summary>
internal static class CatalogProcess
{
    private const string Database = "strangler_catalog";

    /// <summary>A private MariaDB whose mirror is the recorded store, marked as cdc-sync marks a finished first copy.</summary>
    public static async Task<MariaDbServer> LoadAsync(CancellationToken cancellationToken)
    {
        var server = await MariaDbServer.StartAsync(cancellationToken, "--innodb-buffer-pool-size=512M");
        await server.ExecuteAsync(null, $"create database {Database} character set utf8mb4", cancellationToken);
        foreach (var dump in new[] { "magento-schema.sql.gz", "magento-data.sql.gz" })
        {
            await server.LoadAsync(Database, Path.Combine(RepositoryPaths.Shared, "magento", "db", dump), cancellationToken);
        }

        await server.ExecuteAsync(
            Database,
            """
            create table cdc_checkpoint (source varchar(64) primary key, sequence bigint not null, position json, source_time datetime(6), state varchar(16) not null, reason text);
            create table cdc_dirty_key (entity varchar(64) not null, key_value varchar(255) not null, sequence bigint not null, primary key (entity, key_value), key (sequence));
            insert into cdc_checkpoint values ('bench', 1, '{}', utc_timestamp(6), 'streaming', null);
            insert into cdc_dirty_key values ('all', '*', 1);
            """,
            cancellationToken);
        return server;
    }

    public static async Task<ServerProcess> StartAsync(MariaDbServer database, int port, CancellationToken cancellationToken)
    {
        var dll = RepositoryPaths.InRepository("artifacts", "bin", "Strangler.Catalog", "release", "Strangler.Catalog.dll");
        if (!File.Exists(dll))
        {
            throw new InvalidOperationException($"{dll} is not built: dotnet build -c Release Strangler.sln");
        }

        var service = await ServerProcess.StartAsync("dotnet", [dll], port, cancellationToken,
            ("ASPNETCORE_URLS", $"http://127.0.0.1:{port}"),
            ("ConnectionStrings__Catalog", database.ConnectionString(Database)),
            ("Magento__CryptKeys__0", new string('0', 32)));
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        await Eventually.TrueAsync(
            async () => (await client.GetAsync("/health/ready", cancellationToken)).IsSuccessStatusCode,
            "the catalog service has projected all products", cancellationToken, TimeSpan.FromMinutes(3));
        return service;
    }
}
