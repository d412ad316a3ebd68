using System.Globalization;
using MySqlConnector;

namespace Strangler.CdcSync.Tests.Crash;

/// <summary>
/// Money moves between accounts in two tables and never changes in sum. Whoever reads the mirror in one transaction must always find the same
/// sum, or a source transaction was shown in halves.
/// </summary>
internal static class Wallets
{
    public const string Sql =
        """
        CREATE TABLE wallet (id int PRIMARY KEY, balance bigint NOT NULL) ENGINE=InnoDB;
        CREATE TABLE vault (id int PRIMARY KEY, balance bigint NOT NULL) ENGINE=InnoDB;
        INSERT INTO wallet WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 100) SELECT n, 1000 FROM s;
        INSERT INTO vault SELECT id, balance FROM wallet;
        """;

    public const long Sum = 200_000;

    private const int Accounts = 100;

    public static string[] Tables { get; } = ["wallet", "vault"];

    /// <summary>One transfer: two to eight rows of both tables in one transaction; rows come and go with it.</summary>
    public static async Task TransferAsync(MySqlConnection connection, Random random, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, "BEGIN", cancellationToken);
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            var (from, to, amount) = (random.Next(1, Accounts), random.Next(1, Accounts), random.Next(1, 200));
            var (giver, taker) = random.Next(2) == 0 ? ("wallet", "vault") : ("vault", "wallet");
            await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"UPDATE {giver} SET balance = balance - {amount} WHERE id = {from}"), cancellationToken);
            // Only what was there to be taken is given: the account may have moved away meanwhile.
            await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"""
                SET @taken = ROW_COUNT() * {amount}; INSERT INTO {taker} VALUES ({to}, @taken) ON DUPLICATE KEY UPDATE balance = balance + @taken
                """), cancellationToken);
        }

        if (random.Next(5) == 0)
        {
            // An account is closed, and what it held goes to another.
            var (closed, heir) = (random.Next(1, Accounts), Accounts);
            await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"""
                SET @held = COALESCE((SELECT balance FROM wallet WHERE id = {closed} FOR UPDATE), 0); DELETE FROM wallet WHERE id = {closed};
                INSERT INTO vault VALUES ({heir}, @held) ON DUPLICATE KEY UPDATE balance = balance + @held
                """), cancellationToken);
        }

        await ExecuteAsync(connection, random.Next(8) == 0 ? "ROLLBACK" : "COMMIT", cancellationToken);
    }

    /// <summary>Reads the mirror's sum again and again, at REPEATABLE READ, and counts how often it was asked while the mirror was whole.</summary>
    /// <returns>How many reads there were, and every sum that was wrong.</returns>
    public static async Task<(int Reads, List<string> Torn)> WatchAsync(string mirror, CancellationToken cancellationToken)
    {
        var (reads, torn) = (0, new List<string>());
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = new MySqlConnection(new MySqlConnectionStringBuilder(mirror) { Pooling = false }.ConnectionString);
                await connection.OpenAsync(cancellationToken);
                while (true)
                {
                    await ExecuteAsync(connection, "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ; START TRANSACTION WITH CONSISTENT SNAPSHOT", cancellationToken);
                    var state = await ScalarAsync(connection, "SELECT CONCAT(state, ' ', sequence, ' ', position) FROM cdc_checkpoint", cancellationToken) ?? "none";
                    var wallet = await ScalarAsync(connection, "SELECT SUM(balance) FROM wallet", cancellationToken);
                    var vault = await ScalarAsync(connection, "SELECT SUM(balance) FROM vault", cancellationToken);
                    await ExecuteAsync(connection, "COMMIT", cancellationToken);
                    if (state.StartsWith("streaming ", StringComparison.Ordinal))
                    {
                        reads++;
                        var sum = long.Parse(wallet ?? "0", CultureInfo.InvariantCulture) + long.Parse(vault ?? "0", CultureInfo.InvariantCulture);
                        if (sum != Sum)
                        {
                            torn.Add(string.Create(CultureInfo.InvariantCulture, $"{sum} at {state}"));
                        }
                    }
                }
            }
            catch (Exception fault) when (fault is MySqlException or OperationCanceledException)
            {
                // The mirror is restarted now and then, and its tables are not there from the beginning.
            }
        }

        return (reads, torn);
    }

    private static async Task ExecuteAsync(MySqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<string?> ScalarAsync(MySqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(sql, connection);
        return Convert.ToString(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : null;
    }
}
