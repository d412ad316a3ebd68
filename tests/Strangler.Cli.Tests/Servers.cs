using MySqlConnector;
using Strangler.Cli.Tests;

[assembly: AssemblyFixture(typeof(Servers))]

namespace Strangler.Cli.Tests;

/// <summary>The database servers that tests share; each is started by the first test that asks.</summary>
public sealed class Servers : IAsyncLifetime
{
    private readonly SemaphoreSlim _gate = new(1);
    private MariaDbServer? _mariaDb;
    private MySqlServer? _mySql;

    public async Task<MariaDbServer> MariaDbAsync()
    {
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_mariaDb is null)
            {
                _mariaDb = await MariaDbServer.StartAsync(TestContext.Current.CancellationToken, "--binlog-expire-logs-seconds=604800");
                await _mariaDb.ExecuteAsync(null, Schema, TestContext.Current.CancellationToken);
            }

            return _mariaDb;
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task<MySqlServer> MySqlAsync()
    {
        await _gate.WaitAsync(TestContext.Current.CancellationToken);
        try
        {
            if (_mySql is null)
            {
                _mySql = await MySqlServer.StartAsync(TestContext.Current.CancellationToken);
                await _mySql.ExecuteAsync(null, Schema, TestContext.Current.CancellationToken);
            }

            return _mySql;
        }
        finally
        {
            _gate.Release();
        }
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_mariaDb is not null)
        {
            await _mariaDb.DisposeAsync();
        }

        if (_mySql is not null)
        {
            await _mySql.DisposeAsync();
        }

        _gate.Dispose();
        MySqlConnection.ClearAllPools();
    }

    // The tables that the slices name, in the barest form, and two users: one that may what is needed, one that may not.
    private static string Schema
    {
        get
        {
            var tables = Strangler.Cli.Doctor.NeededTables.Read(new Strangler.Cli.CommandLine.RepositoryLayout(RepositoryPaths.Root));
            return string.Join(
                '\n',
                [
                    "CREATE DATABASE magento CHARACTER SET utf8mb4;",
                    .. tables.Select(table => $"CREATE TABLE magento.`{table}` (id INT PRIMARY KEY) ENGINE=InnoDB;"),
                    "CREATE TABLE magento.notes (text VARCHAR(10)) ENGINE=InnoDB;",
                    "CREATE TABLE magento.setup_module (module VARCHAR(50) PRIMARY KEY);",
                    "INSERT INTO magento.setup_module VALUES ('Magento_Store'), ('Acme_Prices');",
                    "CREATE USER reader@'%' IDENTIFIED BY 'reader';",
                    "GRANT SELECT ON magento.* TO reader@'%';",
                    "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO reader@'%';",
                    "CREATE USER stranger@'%' IDENTIFIED BY 'stranger';",
                    "GRANT SELECT ON magento.* TO stranger@'%';",
                ]);
        }
    }
}
