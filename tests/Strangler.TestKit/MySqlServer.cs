using MySqlConnector;

namespace Strangler.TestKit;

/// <summary>
/// A private MySQL 9.7 (GTIDs on, <c>caching_sha2_password</c>) from the shared server script. Skips the test where that is absent.
/// User root, no password.
/// </summary>
public sealed class MySqlServer : IAsyncDisposable
{
    private readonly string _script;
    private readonly string _folder;

    private MySqlServer(string script, string folder, int port)
    {
        _script = script;
        _folder = folder;
        Port = port;
    }

    public int Port { get; }

    public string ConnectionString(string? database) => new MySqlConnectionStringBuilder
    {
        Server = "127.0.0.1",
        Port = (uint)Port,
        UserID = "root",
        Database = database ?? "",
        AllowUserVariables = true,
        AllowZeroDateTime = true,
        AllowPublicKeyRetrieval = true,
    }.ConnectionString;

    public static async Task<MySqlServer> StartAsync(CancellationToken cancellationToken, params string[] options)
    {
        var script = RepositoryPaths.RequireShared("servers", "mysql.sh");
        var folder = Directory.CreateTempSubdirectory("strangler-mysql-").FullName;
        // A folder of its own for temporary tables too: a starting server removes those that it finds, another server's among them.
        Directory.CreateDirectory(Path.Combine(folder, "tmp"));
        var server = new MySqlServer(script, folder, FreePort.Next());
        await server.RunAsync(["start", folder, $"{server.Port}", .. options], cancellationToken);
        return server;
    }

    public async Task ExecuteAsync(string? database, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(ConnectionString(database));
        await connection.OpenAsync(cancellationToken);
        await using var command = new MySqlCommand(sql, connection) { CommandTimeout = 600 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Loads an SQL file (plain or .gz) with MySQL's own client.</summary>
    public Task LoadAsync(string database, string sqlFile, CancellationToken cancellationToken) =>
        ProcessRunner.RunAsync("bash", [_script, "client", $"{Port}", database], cancellationToken, sqlFile);

    public async ValueTask DisposeAsync()
    {
        await RunAsync(["stop", _folder], CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    // The script leaves the server running with its standard output closed, so waiting for the script's own end is enough.
    private Task<string> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        ProcessRunner.RunAsync("env", [$"TMPDIR={_folder}/tmp", "bash", _script, .. arguments], cancellationToken);
}
