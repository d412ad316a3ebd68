using System.IO.Compression;
using System.Text.Json;

namespace Strangler.Catalog.Tests.Support;

/// <summary>Loads from the store's dump what the service subscribes to, as its mirror would hold it: no foreign keys, no other tables.</summary>
internal static class MirrorDump
{
    public static async Task LoadAsync(
        MariaDbServer server, string database, string schema, string rows, CancellationToken cancellationToken)
    {
        var tables = Subscribed();
        var file = Path.GetTempFileName();
        try
        {
            await using (var output = new StreamWriter(file))
            {
                await output.WriteLineAsync("SET FOREIGN_KEY_CHECKS=0; SET UNIQUE_CHECKS=0; SET sql_mode='NO_AUTO_VALUE_ON_ZERO'; SET time_zone='+00:00'; SET autocommit=0;");
                await CopyTablesAsync(schema, tables, output);
                await CopyTablesAsync(rows, tables, output);
                await output.WriteLineAsync("COMMIT;");
            }

            await server.LoadAsync(database, file, cancellationToken);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Copies the mirror of one database into another, empty one.</summary>
    public static async Task CopyAsync(MariaDbServer server, string from, string to, CancellationToken cancellationToken)
    {
        var statements = Subscribed().Select(table => $"CREATE TABLE `{table}` LIKE `{from}`.`{table}`; INSERT INTO `{table}` SELECT * FROM `{from}`.`{table}`;");
        await server.ExecuteAsync(to, $"SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'; {string.Concat(statements)}", cancellationToken);
    }

    public static HashSet<string> Subscribed()
    {
        using var document = JsonDocument.Parse(File.ReadAllText(RepositoryPaths.InRepository("extracted-services", "Catalog", "subscription.json")));
        return [.. document.RootElement.GetProperty("tables").EnumerateArray().Select(table => table.GetProperty("name").GetString()!)];
    }

    // A dump is made of statements that begin on a line of their own and end with a semicolon at a line's end.
    private static async Task CopyTablesAsync(string dump, HashSet<string> tables, StreamWriter output)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(dump), CompressionMode.Decompress));
        var wanted = false;
        while (await reader.ReadLineAsync() is { } line)
        {
            if (Starts(line, "CREATE TABLE `") is { } created)
            {
                wanted = tables.Contains(created);
            }
            else if (Starts(line, "INSERT INTO `") is { } filled)
            {
                wanted = tables.Contains(filled);
            }

            if (!wanted)
            {
                continue;
            }

            await output.WriteLineAsync(line);
            wanted = !line.EndsWith(';');
        }
    }

    private static string? Starts(string line, string statement) => line.StartsWith(statement, StringComparison.Ordinal)
        ? line[statement.Length..line.IndexOf('`', statement.Length)]
        : null;
}
