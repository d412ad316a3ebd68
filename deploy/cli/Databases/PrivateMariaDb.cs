using MySqlConnector;
using Strangler.Cli.CommandLine;
using Strangler.Cli.Processes;

namespace Strangler.Cli.Databases;

/// <summary>The clone's own MariaDB under <c>.run/mariadb</c>, on loopback; the machine's own server, if it has one, is not touched.</summary>
internal sealed class PrivateMariaDb(RepositoryLayout repository, int port, string rootPassword)
{
    public const string Name = "mariadb";

    public string Log { get; } = Path.Combine(repository.RunFolder, "logs", "mariadb.log");

    private string Folder { get; } = Path.Combine(repository.RunFolder, "mariadb");

    /// <summary>Its own, since a starting server removes the temporary tables that it finds, those of the machine's server among them.</summary>
    private string Temporary => Path.Combine(Folder, "tmp");

    private string Data => Path.Combine(Folder, "data");

    // Written last: a data folder without it was left by an installation that did not end.
    private string Complete => Path.Combine(Folder, "complete");

    public string ConnectionString(string user, string password, string? database) => new MySqlConnectionStringBuilder
    {
        Server = "127.0.0.1",
        Port = (uint)port,
        UserID = user,
        Password = password,
        Database = database ?? "",
        AllowUserVariables = true,
        AllowZeroDateTime = true,
        AllowPublicKeyRetrieval = true,
    }.ConnectionString;

    public string RootConnectionString => ConnectionString("root", rootPassword, null);

    /// <summary>Makes the data folder when it is not there, or was left half made.</summary>
    public async Task InstallAsync(Action<string> report, CancellationToken cancellationToken)
    {
        if (File.Exists(Complete))
        {
            return;
        }

        if (Directory.Exists(Folder))
        {
            report("an earlier start left it half made; making it again");
            Directory.Delete(Folder, recursive: true);
        }

        Directory.CreateDirectory(Temporary);
        var lines = new List<string>();
        var code = await Programs.RunAsync(
            Programs.Find("mariadb-install-db")!,
            ["--no-defaults", $"--user={Environment.UserName}", $"--datadir={Data}", "--auth-root-authentication-method=normal", "--skip-test-db",
                $"--tmpdir={Temporary}"],
            lines.Add, cancellationToken);
        if (code != 0)
        {
            throw new CliFault($"mariadb-install-db failed:\n{string.Join('\n', lines.TakeLast(15))}");
        }

        await File.WriteAllTextAsync(Complete, "", cancellationToken);
    }

    /// <summary>Starts the server; its users and databases are set right at every start.</summary>
    public ProcessIdentity Start(string initialSql, IReadOnlyDictionary<string, string> environment)
    {
        Directory.CreateDirectory(Temporary);
        var initial = Path.Combine(Folder, "initial.sql");
        PrivateFile.Write(initial, System.Text.Encoding.UTF8.GetBytes(initialSql));
        string[] command =
        [
            Programs.Find("mariadbd")!, "--no-defaults", $"--user={Environment.UserName}", $"--datadir={Data}", $"--tmpdir={Temporary}", $"--init-file={initial}",
            // Relative to the data folder: a socket's path may have 107 characters, a clone may lie deeper.
            "--socket=mariadb.sock", $"--pid-file={Folder}/pid", $"--port={port}", "--bind-address=127.0.0.1", "--skip-name-resolve",
            "--server-id=1", "--log-bin=mysql-bin", "--binlog-format=ROW", "--binlog-row-image=FULL", "--binlog-row-metadata=FULL",
            "--binlog-expire-logs-seconds=2592000", "--log-bin-trust-function-creators=1",
            // Our own databases are no part of the store's history, and a mirror that logs its writes makes the log twice as long.
            "--binlog-ignore-db=strangler_catalog", "--binlog-ignore-db=strangler_control",
            "--innodb-buffer-pool-size=256M", "--innodb-log-file-size=256M", "--innodb-flush-log-at-trx-commit=2",
            "--max-allowed-packet=256M", "--local-infile=1", "--character-set-server=utf8mb4", "--collation-server=utf8mb4_general_ci",
            "--default-time-zone=+00:00", "--max-connections=300",
        ];
        return BackgroundProcess.Start(Name, command, Log, Folder, environment);
    }

    public async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = new MySqlConnection($"{RootConnectionString};Connection Timeout=2;Pooling=false");
            await connection.OpenAsync(cancellationToken);
            return true;
        }
        catch (MySqlException)
        {
            return false;
        }
    }
}
