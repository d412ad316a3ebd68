using System.Diagnostics;
using MySqlConnector;

namespace Strangler.TestKit;

/// <summary>
/// A private MariaDB in a temporary folder on a free loopback port, with the binlog settings a Magento source needs
/// (ROW, FULL image, FULL metadata). Ends, and its folder with it, on dispose. User root, no password.
/// </summary>
public sealed class MariaDbServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly string[] _options;
    private Process? _process;
    private volatile bool _stopping;

    private MariaDbServer(string folder, int port, string[] options)
    {
        _folder = folder;
        Port = port;
        _options = options;
    }

    /// <summary>For fixtures, which cannot skip: ask before starting, and let the tests skip.</summary>
    public static bool IsInstalled => new[] { "/usr/sbin/mariadbd", "/usr/bin/mariadbd", "/usr/local/bin/mariadbd" }.Any(File.Exists);

    public static string HowToInstall => "needs mariadbd: apt-get install mariadb-server";

    public int Port { get; }

    public string RootConnectionString => ConnectionString(null);

    public string ConnectionString(string? database) => new MySqlConnectionStringBuilder
    {
        Server = "127.0.0.1",
        Port = (uint)Port,
        UserID = "root",
        Database = database ?? "",
        AllowUserVariables = true,
        AllowZeroDateTime = true,
    }.ConnectionString;

    /// <summary>Starts a new empty server; <paramref name="options"/> are further mariadbd options. Skips the test where MariaDB is not installed.</summary>
    public static async Task<MariaDbServer> StartAsync(CancellationToken cancellationToken, params string[] options)
    {
        Assert.SkipUnless(IsInstalled, HowToInstall);
        var folder = Directory.CreateTempSubdirectory("strangler-mariadb-").FullName;
        // A folder of its own for temporary tables too: a starting server removes those that it finds, another server's among them.
        Directory.CreateDirectory(Path.Combine(folder, "tmp"));
        var server = new MariaDbServer(folder, FreePort.Next(), options);
        await ProcessRunner.RunAsync("mariadb-install-db",
            ["--no-defaults", $"--user={Environment.UserName}", $"--datadir={folder}/data", "--auth-root-authentication-method=normal", "--skip-test-db",
                $"--tmpdir={folder}/tmp"],
            cancellationToken);
        await server.StartProcessAsync(cancellationToken);
        return server;
    }

    /// <summary>Kills the server as a crash would (SIGKILL) and starts it again on the same data.</summary>
    public async Task CrashAndRestartAsync(CancellationToken cancellationToken)
    {
        await StopAsync();
        await StartProcessAsync(cancellationToken);
    }

    public async Task ExecuteAsync(string? database, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(ConnectionString(database));
        await connection.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand(sql, connection) { CommandTimeout = 600 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Loads an SQL file (plain or .gz) with the server's own client, so that its conditional comments and delimiters mean what they say.</summary>
    public Task LoadAsync(string database, string sqlFile, CancellationToken cancellationToken) => ProcessRunner.RunAsync("mariadb",
        ["--no-defaults", "-h127.0.0.1", $"-P{Port}", "-uroot", "--default-character-set=utf8mb4", "--max-allowed-packet=256M", database],
        cancellationToken, sqlFile);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StopAsync()
    {
        _stopping = true;
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
        _process = null;
    }

    private async Task StartProcessAsync(CancellationToken cancellationToken)
    {
        string[] arguments =
        [
            "--no-defaults", $"--user={Environment.UserName}", $"--datadir={_folder}/data", $"--tmpdir={_folder}/tmp", $"--socket={_folder}/s", $"--port={Port}",
            "--bind-address=127.0.0.1", $"--log-error={_folder}/error.log", $"--pid-file={_folder}/pid", "--server-id=1", "--log-bin=mysql-bin",
            "--binlog-format=ROW", "--binlog-row-image=FULL", "--binlog-row-metadata=FULL", "--innodb-buffer-pool-size=128M",
            "--innodb-flush-log-at-trx-commit=2", "--max-allowed-packet=256M", "--max-connections=1000", .. _options,
        ];
        _process = Process.Start(new ProcessStartInfo("mariadbd", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException("mariadbd did not start.");
        _stopping = false;
        await Eventually.TrueAsync(
            async () =>
            {
                if (_process.HasExited)
                {
                    throw new InvalidOperationException($"mariadbd ended: {await File.ReadAllTextAsync($"{_folder}/error.log", cancellationToken)}");
                }

                await using var connection = new MySqlConnection(RootConnectionString);
                await connection.OpenAsync(cancellationToken);
                return true;
            },
            $"mariadbd answers on port {Port}", cancellationToken);
        // A server that falls over by itself (seen: a segmentation fault of 10.11) is raised again on its data, as an init system would,
        // so that its fault does not become the fault of every later test.
        _process.Exited += (_, _) => _ = _stopping ? Task.CompletedTask : StartProcessAsync(CancellationToken.None);
        _process.EnableRaisingEvents = true;
    }
}
