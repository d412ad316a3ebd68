using System.Globalization;
using MySqlConnector;
using Strangler.Cli.CommandLine;
using Strangler.Cli.Databases;

namespace Strangler.Cli.Doctor;

/// <summary>Everything about Magento's database: it opens the connection, the single checks ask.</summary>
internal sealed class DatabaseChecks(MySqlConnectionStringBuilder dsn, RepositoryLayout repository, TimeProvider time)
{
    private const int ClockSamples = 4;

    /// <summary>The database's clock minus ours; null when it does not answer.</summary>
    public TimeSpan? ClockDifference { get; private set; }

    public async Task<IReadOnlyList<Check>> RunAsync(bool storeTellsModules, CancellationToken cancellationToken)
    {
        var pool = new MySqlConnectionStringBuilder(dsn.ConnectionString) { Pooling = false, ConnectionTimeout = 10 };
        await using var connection = new MySqlConnection(pool.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
        }
        catch (MySqlException fault)
        {
            return [Check.Fail("mysql.answers", $"{Dsn.Describe(dsn)}: {fault.Message}", Remedy(fault))];
        }

        var database = new SourceDatabase(connection, dsn.Database);
        var checks = new List<Check> { Check.Pass("mysql.answers", $"{Dsn.Describe(dsn)}: {(database.IsMariaDb ? "MariaDB" : "MySQL")} {Version(connection.ServerVersion)}") };
        checks.Add(await GrantCheck.RunAsync(database, cancellationToken));
        checks.AddRange(await BinlogChecks.RunAsync(database, cancellationToken));
        checks.AddRange(await TableChecks.RunAsync(database, NeededTables.Read(repository), cancellationToken));
        if (!storeTellsModules && await ModulesAsync(database, cancellationToken) is { } modules)
        {
            checks.Add(modules);
        }

        await CompareClocksAsync(database, cancellationToken);
        return checks;
    }

    // The quickest of a few answers tells the time best.
    private async Task CompareClocksAsync(SourceDatabase database, CancellationToken cancellationToken)
    {
        var quickest = TimeSpan.MaxValue;
        for (var sample = 0; sample < ClockSamples; sample++)
        {
            var asked = time.GetUtcNow();
            var answer = await database.ScalarAsync("SELECT CAST(UTC_TIMESTAMP(6) AS CHAR)", cancellationToken);
            var took = time.GetUtcNow() - asked;
            if (took < quickest && DateTime.TryParse(answer, CultureInfo.InvariantCulture, out var clock))
            {
                quickest = took;
                ClockDifference = new DateTimeOffset(clock, TimeSpan.Zero) - (asked + (took / 2));
            }
        }
    }

    private string? Remedy(MySqlException fault) => fault.ErrorCode switch
    {
        MySqlErrorCode.AccessDenied => "check user and password; a user for this: CREATE USER 'strangler'@'%' IDENTIFIED BY '…'",
        MySqlErrorCode.UnknownDatabase => $"check the database's name: '{dsn.Database}'",
        MySqlErrorCode.UnableToConnectToHost => "check host and port, the server's bind-address, and the firewall in between",
        MySqlErrorCode.DatabaseAccessDenied => $"GRANT SELECT ON `{dsn.Database}`.* TO '{dsn.UserID}'@'%'",
        _ => null,
    };

    // MariaDB before 11 puts 5.5.5- in front for old clients.
    private static string Version(string version) => version.StartsWith("5.5.5-", StringComparison.Ordinal) ? version["5.5.5-".Length..] : version;

    private static async Task<Check?> ModulesAsync(SourceDatabase database, CancellationToken cancellationToken)
    {
        try
        {
            var modules = await database.ColumnAsync($"SELECT module FROM {database.Name("setup_module")} ORDER BY module", cancellationToken);
            return modules.Count == 0 ? null : StoreChecks.Describe("mysql.modules", modules);
        }
        catch (MySqlException)
        {
            return null;
        }
    }
}
