using System.Text.Json;
using MySqlConnector;

namespace Strangler.Catalog.Tests.Support;

/// <summary>
/// Does to a mirror what cdc-sync would do: brings its tables to the state of another database's and notes the keys that the
/// subscription says became dirty, all in one transaction with the next sequence.
/// </summary>
internal static class MirrorChanges
{
    public static async Task ApplyAsync(CatalogHost host, string source, IEnumerable<string> tables, CancellationToken cancellationToken)
    {
        var rules = Rules();
        await using var connection = await host.OpenAsync(cancellationToken);
        await using (var mode = new MySqlCommand("SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO', foreign_key_checks = 0", connection))
        {
            await mode.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var sequence = Convert.ToInt64(await ScalarAsync(connection, transaction, "SELECT MAX(sequence) + 1 FROM cdc_checkpoint", cancellationToken));
        foreach (var table in tables)
        {
            foreach (var (entity, column) in rules[table])
            {
                var key = column is null ? "'*'" : $"CAST(`{column}` AS CHAR)";
                await ExecuteAsync(
                    connection,
                    transaction,
                    $"""
                    INSERT INTO cdc_dirty_key
                    SELECT DISTINCT '{entity}', {key}, {sequence} FROM (
                      (SELECT * FROM `{table}` EXCEPT SELECT * FROM `{source}`.`{table}`)
                      UNION ALL (SELECT * FROM `{source}`.`{table}` EXCEPT SELECT * FROM `{table}`)) changed
                    ON DUPLICATE KEY UPDATE sequence = {sequence}
                    """,
                    cancellationToken);
            }

            await ExecuteAsync(connection, transaction, $"DELETE FROM `{table}`", cancellationToken);
            await ExecuteAsync(connection, transaction, $"INSERT INTO `{table}` SELECT * FROM `{source}`.`{table}`", cancellationToken);
        }

        await ExecuteAsync(connection, transaction, $"UPDATE cdc_checkpoint SET sequence = {sequence}", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>What each table of the subscription makes dirty: entity and column, no column for all of it.</summary>
    public static Dictionary<string, List<(string Entity, string? Column)>> Rules()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(RepositoryPaths.InRepository("extracted-services", "Catalog", "subscription.json")));
        return document.RootElement.GetProperty("tables").EnumerateArray().ToDictionary(
            table => table.GetProperty("name").GetString()!,
            table => table.GetProperty("dirty").EnumerateArray().Select(rule => (
                rule.GetProperty("entity").GetString()!, rule.TryGetProperty("column", out var column) ? column.GetString() : null)).ToList());
    }

    private static async Task ExecuteAsync(MySqlConnection connection, MySqlTransaction transaction, string sql, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(sql, connection, transaction) { CommandTimeout = 120 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<object?> ScalarAsync(MySqlConnection connection, MySqlTransaction transaction, string sql, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(sql, connection, transaction);
        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
