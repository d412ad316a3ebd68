using MySqlConnector;

namespace Strangler.CdcSync.Tests.Crash;

/// <summary>One connection that writes at random, the same for the same seed: rows, cascades, key changes, definitions, swaps, large and partial ones.</summary>
internal sealed class CrashWriter(string source, int seed)
{
    private readonly Random _random = new(seed);
    private int _round;

    /// <summary>Writes a number of transactions.</summary>
    public async Task WriteAsync(int transactions, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(new MySqlConnectionStringBuilder(source) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await ExecuteAsync(connection, "SET SESSION innodb_lock_wait_timeout = 2, lock_wait_timeout = 5", cancellationToken);
        for (; transactions > 0; transactions--)
        {
            try
            {
                await TransactionAsync(connection, cancellationToken);
            }
            catch (MySqlException) when (!cancellationToken.IsCancellationRequested)
            {
                // Deadlocks, duplicate keys and columns that another has dropped belong to a random workload.
                await ExecuteAsync(connection, "ROLLBACK", cancellationToken);
            }
        }
    }

    private async Task TransactionAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        _round++;
        var kind = _random.Next(40);
        if (kind == 0)
        {
            await ExecuteAsync(connection, Definition(), cancellationToken);
            return;
        }

        if (kind < 12)
        {
            await Wallets.TransferAsync(connection, _random, cancellationToken);
            return;
        }

        var image = _random.Next(10) switch { 0 => "MINIMAL", 1 => "NOBLOB", _ => "FULL" };
        await ExecuteAsync(connection, $"SET SESSION binlog_row_image = {image}", cancellationToken);
        await ExecuteAsync(connection, "BEGIN", cancellationToken);
        for (var statement = _random.Next(1, 5); statement > 0; statement--)
        {
            await ExecuteAsync(connection, Statement(), cancellationToken);
        }

        if (_random.Next(8) == 0)
        {
            await ExecuteAsync(connection, "SAVEPOINT s", cancellationToken);
            await ExecuteAsync(connection, Statement(), cancellationToken);
            await ExecuteAsync(connection, "ROLLBACK TO s", cancellationToken);
        }

        await ExecuteAsync(connection, _random.Next(6) == 0 ? "ROLLBACK" : "COMMIT", cancellationToken);
        await ExecuteAsync(connection, "SET SESSION binlog_row_image = FULL", cancellationToken);
    }

    private string Definition() => FormattableString.Invariant(_random.Next(6) switch
    {
        0 => (FormattableString)$"ALTER TABLE shape ADD COLUMN IF NOT EXISTS c{_random.Next(4)} varchar(20) NULL DEFAULT 'd{_round}'",
        1 => $"ALTER TABLE shape DROP COLUMN IF EXISTS c{_random.Next(4)}",
        2 => $"ALTER TABLE shape MODIFY v varchar({_random.Next(30, 90)})",
        3 => $"TRUNCATE TABLE queue",
        4 => $"ALTER TABLE shape ADD INDEX IF NOT EXISTS by_v (v)",
        _ => $"""
            TRUNCATE TABLE swapped_replica; INSERT INTO swapped_replica SELECT n, n * {_round}, 1 + (n + {_round}) % 3, (n + {_round}) % 512 FROM numbers WHERE n % 7 <> {_round % 7};
            RENAME TABLE swapped TO swapped_outdated, swapped_replica TO swapped, swapped_outdated TO swapped_replica
            """,
    });

    private string Statement()
    {
        var (parent, child) = (_random.Next(1, 260), _random.Next(1, 4000));
        return FormattableString.Invariant(_random.Next(26) switch
        {
            0 => (FormattableString)$"INSERT INTO parent VALUES ({parent}, 'new {_round}')",
            1 => $"DELETE FROM parent WHERE id = {parent}",
            2 => $"UPDATE parent SET id = id + 1000 WHERE id = {parent}",
            3 => $"UPDATE parent SET name = '{_round}' WHERE id BETWEEN {parent} AND {parent + 5}",
            4 or 5 => $"INSERT INTO child (parent_id, v, note) SELECT MIN(id), {child} / 3, 'w{seed}' FROM parent WHERE id >= {parent}",
            6 => $"UPDATE child SET v = v + 1, note = CONCAT(note, 'é') WHERE id BETWEEN {child} AND {child + 20}",
            7 => $"DELETE FROM child WHERE id BETWEEN {child} AND {child + 3}",
            8 => $"UPDATE grandchild SET code = UPPER(code) WHERE child_id BETWEEN {child} AND {child + 5}",
            9 => $"REPLACE INTO grandchild SELECT 'again', id, {_round}, 'x' FROM child WHERE id BETWEEN {child} AND {child + 3}",
            10 => $"UPDATE child SET id = id + 100000 WHERE id = {child} AND NOT EXISTS (SELECT 1 FROM grandchild WHERE child_id = {child})",
            11 => $"UPDATE grandchild SET n = n + 1 WHERE child_id = {child}",
            12 or 13 => $"INSERT INTO tree SELECT MAX(t.id) + 1, MIN(IF(t.id >= {child % 900}, t.id, NULL)), 'new' FROM tree t",
            14 => $"DELETE FROM tree WHERE id = {child % 900} AND id > 40",
            15 => $"UPDATE tree SET name = '{_round}' WHERE id BETWEEN {child % 900} AND {(child % 900) + 10}",
            16 or 17 => $"INSERT INTO queue (body) VALUES (x'00ff{_round % 256:x2}'), ('{_round}')",
            18 => $"DELETE FROM queue ORDER BY id LIMIT 5",
            19 => $"UPDATE swapped SET price = price + 1, en = 1 + (en + 0) % 3, bits = {_round % 512} WHERE id BETWEEN {child % 900} AND {(child % 900) + 9}",
            20 => $"DELETE FROM swapped WHERE id = {child % 900}",
            21 => $"UPDATE shape SET v = 'v{_round}' WHERE id BETWEEN {child % 900} AND {(child % 900) + 9}",
            22 => $"INSERT INTO big (n, body) SELECT n, CONCAT('large {_round} ', n) FROM numbers",
            23 => $"UPDATE big SET n = n + 1 WHERE id % 11 = {_round % 11}",
            24 => $"DELETE FROM big WHERE id % 3 = {_round % 3}",
            _ => $"UPDATE big SET id = id + 1000000 WHERE id = {child}",
        });
    }

    private static async Task ExecuteAsync(MySqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
