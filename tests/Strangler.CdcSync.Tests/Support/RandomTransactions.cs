using MySqlConnector;

namespace Strangler.CdcSync.Tests.Support;

/// <summary>One connection that writes transactions of random statements, some of them rolled back, some in parts.</summary>
internal static class RandomTransactions
{
    /// <param name="source">Connection string of the database.</param>
    /// <param name="random">Decides everything.</param>
    /// <param name="count">How many transactions.</param>
    /// <param name="statement">The next statement, of a transaction's number.</param>
    public static async Task WriteAsync(string source, Random random, int count, Func<int, string> statement)
    {
        await using var connection = new MySqlConnection(source);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < count; i++)
        {
            try
            {
                await ExecuteAsync(connection, "BEGIN");
                for (var left = random.Next(1, 5); left > 0; left--)
                {
                    await ExecuteAsync(connection, statement(i));
                }

                if (random.Next(8) == 0)
                {
                    await ExecuteAsync(connection, "SAVEPOINT s");
                    await ExecuteAsync(connection, statement(i));
                    await ExecuteAsync(connection, "ROLLBACK TO s");
                }

                await ExecuteAsync(connection, random.Next(6) == 0 ? "ROLLBACK" : "COMMIT");
            }
            catch (MySqlException)
            {
                // Deadlocks and duplicate keys belong to a random workload.
                await ExecuteAsync(connection, "ROLLBACK");
            }
        }
    }

    private static async Task ExecuteAsync(MySqlConnection connection, string sql)
    {
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }
}
