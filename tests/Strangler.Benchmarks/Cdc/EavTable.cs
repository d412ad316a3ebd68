using System.Globalization;
using System.Text;
using MySqlConnector;
using Strangler.TestKit;

namespace Strangler.Benchmarks.Cdc;

/// <summary>The measured table, shaped like <c>catalog_product_entity_varchar</c>, and what is done to it at the source.</summary>
internal sealed class EavTable(MariaDbServer source, int rows)
{
    public const string Database = "bench";
    public const string Name = "catalog_product_entity_varchar";

    public const string Definition =
        $"""
        CREATE TABLE {Name} (
          value_id int NOT NULL AUTO_INCREMENT, attribute_id smallint unsigned NOT NULL DEFAULT 0, store_id smallint unsigned NOT NULL DEFAULT 0,
          entity_id int unsigned NOT NULL DEFAULT 0, value varchar(255) DEFAULT NULL,
          PRIMARY KEY (value_id), UNIQUE KEY entity_attribute_store (entity_id, attribute_id, store_id), KEY attribute (attribute_id), KEY store (store_id)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4
        """;

    private const int StatementsPerPacket = 500;

    // A row of the measured table itself: what keeps the order of one table only is asked no more than that.
    private const string Marker = "entity_id = 0 AND attribute_id = 0 AND store_id = 0";

    private const string Mark = $"UPDATE {Name} SET value = CAST(value AS UNSIGNED) + 1 WHERE {Marker}";

    public int Rows => rows;

    public async Task FillAsync(CancellationToken cancellationToken)
    {
        await source.ExecuteAsync(null, $"CREATE DATABASE {Database} CHARACTER SET utf8mb4", cancellationToken);
        await source.ExecuteAsync(Database, string.Create(CultureInfo.InvariantCulture, $"""
            {Definition};
            INSERT INTO {Name} VALUES ({rows + 1}, 0, 0, 0, '0');
            INSERT INTO {Name} SELECT seq, 60 + seq % 40, (seq DIV 40) % 2, seq DIV 80 + 1, CONCAT('value number ', seq, ' of a product attribute row') FROM seq_1_to_{rows}
            """), cancellationToken);
    }

    /// <summary>Updates of one row each, every one a transaction, at places spread over the table.</summary>
    public async Task SmallTransactionsAsync(int count, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        var sql = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            sql.Append(CultureInfo.InvariantCulture, $"UPDATE {Name} SET value = 'changed {i} times' WHERE value_id = {Place(i)};");
            if ((i + 1) % StatementsPerPacket == 0 || i + 1 == count)
            {
                await ExecuteAsync(connection, sql.ToString(), cancellationToken);
                sql.Clear();
            }
        }
    }

    /// <summary>Updates of many rows in one transaction.</summary>
    public async Task LargeTransactionAsync(int count, int round, CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"UPDATE {Name} SET value = CONCAT('large {round} ', value_id, ' of a product row') WHERE value_id <= {count}"), cancellationToken);
    }

    /// <summary>Sets the marker and gives its value: what comes after everything written before.</summary>
    public async Task<long> MarkAsync(CancellationToken cancellationToken)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await MarkAsync(connection, cancellationToken);
        return await MarkerAsync(connection, cancellationToken);
    }

    public static Task MarkAsync(MySqlConnection connection, CancellationToken cancellationToken) => ExecuteAsync(connection, Mark, cancellationToken);

    /// <summary>One transaction of a number of single-row updates.</summary>
    public string Update(long number, int changes)
    {
        var sql = new StringBuilder(changes > 1 ? "BEGIN;" : "");
        for (var i = 0; i < changes; i++)
        {
            sql.Append(CultureInfo.InvariantCulture, $"UPDATE {Name} SET value = 'paced {number} {i}' WHERE value_id = {Place((number * changes) + i)};");
        }

        return sql.Append(changes > 1 ? "COMMIT" : "").ToString();
    }

    /// <summary>The marker's value; zero where it has not arrived.</summary>
    public static async Task<long> MarkerAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand($"SELECT value FROM {Name} WHERE {Marker}", connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
    }

    public static async Task<bool> HasAsync(MySqlConnection connection, int row, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand($"SELECT COUNT(*) FROM {Name} WHERE value_id = @row", connection);
        command.Parameters.AddWithValue("row", row);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture) == 1;
    }

    public Task<MySqlConnection> OpenAsync(CancellationToken cancellationToken) => OpenAsync(source.ConnectionString(Database), cancellationToken);

    public static async Task<MySqlConnection> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var connection = new MySqlConnection(new MySqlConnectionStringBuilder(connectionString) { Pooling = false, DefaultCommandTimeout = 600 }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        return connection;
    }

    public static async Task ExecuteAsync(MySqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // A multiplier without common divisors visits every row before one comes again.
    private long Place(long number) => 1 + (number * 7919 % rows);
}
