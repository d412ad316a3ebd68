using System.Globalization;
using MySqlConnector;
using Strangler.TestKit;

namespace Strangler.Benchmarks.Cdc;

/// <summary>Somebody who follows the source into a server of his own, and can be held while a backlog grows.</summary>
internal abstract class Follower(MariaDbServer server, string database) : IAsyncDisposable
{
    /// <summary>A server that writes no log of its own: none of the followers is charged for it.</summary>
    public static Task<MariaDbServer> ServerAsync(CancellationToken cancellationToken, params string[] options) =>
        MariaDbServer.StartAsync(cancellationToken, ["--skip-log-bin", "--innodb-buffer-pool-size=512M", "--innodb-log-file-size=256M", .. options]);

    public string ConnectionString => server.ConnectionString(database);

    protected MariaDbServer Server => server;

    public abstract string Name { get; }

    /// <summary>Stops applying, and comes back when nothing is applied any more.</summary>
    public abstract Task HoldAsync(CancellationToken cancellationToken);

    public abstract Task GoOnAsync(CancellationToken cancellationToken);

    public virtual async ValueTask DisposeAsync() => await server.DisposeAsync();
}

/// <summary>MariaDB's own replica with one applying thread.</summary>
internal sealed class Replica : Follower
{
    private Replica(MariaDbServer server) : base(server, EavTable.Database)
    {
    }

    public override string Name => "replica";

    /// <summary>A replica that has everything already: loaded from a dump that knows its place in the log.</summary>
    public static async Task<Replica> StartAsync(MariaDbServer source, CancellationToken cancellationToken)
    {
        var server = await ServerAsync(cancellationToken, "--server-id=2", "--slave-parallel-threads=0");
        await server.ExecuteAsync(null, $"CREATE DATABASE {EavTable.Database} CHARACTER SET utf8mb4", cancellationToken);
        await ProcessRunner.RunAsync("bash", ["-c", string.Create(CultureInfo.InvariantCulture, $"""
            mariadb-dump --no-defaults -h127.0.0.1 -P{source.Port} -uroot --single-transaction --master-data=1 {EavTable.Database} | mariadb --no-defaults -h127.0.0.1 -P{server.Port} -uroot {EavTable.Database}
            """)], cancellationToken);
        await server.ExecuteAsync(null, string.Create(CultureInfo.InvariantCulture, $"CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT={source.Port}, MASTER_USER='root'; START SLAVE"), cancellationToken);
        return new Replica(server);
    }

    public override Task HoldAsync(CancellationToken cancellationToken) => Server.ExecuteAsync(null, "STOP SLAVE SQL_THREAD", cancellationToken);

    public override Task GoOnAsync(CancellationToken cancellationToken) => Server.ExecuteAsync(null, "START SLAVE SQL_THREAD", cancellationToken);
}

/// <summary>cdc-sync as a process of its own.</summary>
internal sealed class CdcFollower : Follower
{
    private readonly ChildProcess _process;
    private readonly string _subscription;

    private CdcFollower(MariaDbServer server, string database, ChildProcess process, string subscription) : base(server, database)
    {
        _process = process;
        _subscription = subscription;
    }

    public override string Name => "cdc-sync";

    /// <summary>The most memory the process has ever used, in megabytes.</summary>
    public double PeakMegabytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").First(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
            return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
        }
    }

    /// <summary>Starts it over an empty database; it begins with its first copy.</summary>
    public static Task<CdcFollower> StartAsync(MariaDbServer source, MariaDbServer server, string database, CancellationToken cancellationToken) =>
        StartAsync(server, database, [("ConnectionStrings__Source", source.ConnectionString(EavTable.Database))], cancellationToken);

    /// <summary>The same with another source: what its settings say.</summary>
    public static async Task<CdcFollower> StartAsync(MariaDbServer server, string database, (string Name, string Value)[] settings, CancellationToken cancellationToken)
    {
        await server.ExecuteAsync(null, $"CREATE DATABASE {database} CHARACTER SET utf8mb4", cancellationToken);
        var subscription = Path.GetTempFileName();
        await File.WriteAllTextAsync(subscription, $$"""
            { "service": "bench", "tables": [ { "name": "{{EavTable.Name}}", "dirty": [ { "entity": "product", "column": "entity_id" } ] } ] }
            """, cancellationToken);
        var environment = new Dictionary<string, string>
        {
            ["Urls"] = $"http://127.0.0.1:{FreePort.Next()}",
            ["Cdc__SourceDatabase"] = EavTable.Database,
            ["Cdc__Targets__0__Subscription"] = subscription,
            ["Cdc__Targets__0__ConnectionString"] = server.ConnectionString(database),
        };
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        return new CdcFollower(server, database, ChildProcess.Start("Strangler.CdcSync", environment), subscription);
    }

    /// <summary>Waits for the end of the first copy and gives the seconds it took, from the moment that the process turned to it.</summary>
    public async Task<double> CopiedAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        await using var connection = await EavTable.OpenAsync(ConnectionString, cancellationToken);
        await UntilAsync(connection, "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'cdc_checkpoint'", cancellationToken);
        await UntilAsync(connection, "SELECT COUNT(*) FROM cdc_checkpoint", cancellationToken);
        var started = time.GetTimestamp();
        await UntilAsync(connection, "SELECT COUNT(*) FROM cdc_checkpoint WHERE state = 'streaming'", cancellationToken);
        return time.GetElapsedTime(started).TotalSeconds;
    }

    // A stopped process needs no more help than a stopped thread: what the server sends waits in its buffers.
    public override Task HoldAsync(CancellationToken cancellationToken) => ProcessRunner.RunAsync("kill", ["-STOP", $"{_process.Id}"], cancellationToken);

    public override Task GoOnAsync(CancellationToken cancellationToken) => ProcessRunner.RunAsync("kill", ["-CONT", $"{_process.Id}"], cancellationToken);

    /// <summary>Ends the process; its server is left to others.</summary>
    public async Task EndAsync()
    {
        await _process.DisposeAsync();
        File.Delete(_subscription);
    }

    public override async ValueTask DisposeAsync()
    {
        await EndAsync();
        await base.DisposeAsync();
    }

    private async Task UntilAsync(MySqlConnection connection, string question, CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var command = new MySqlCommand(question, connection);
            if (Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture) > 0)
            {
                return;
            }

            if (_process.HasExited)
            {
                throw new InvalidOperationException($"cdc-sync ended:\n{_process.Output}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, cancellationToken);
        }
    }
}
