using System.Reflection;
using Dapper;
using MySqlConnector;

namespace Strangler.Demo.Loading;

/// <summary>What a database holds before a load.</summary>
internal enum DatabaseState
{
    Empty,

    /// <summary>Tables, but no mark that a load ended: foreign tables, or a load that was interrupted.</summary>
    Unfinished,

    Loaded,
}

/// <summary>Creates Magento's tables from the scripts in <c>Schema/</c> and tells what a database holds.</summary>
internal static class SchemaInstaller
{
    /// <summary>The row of Magento's <c>flag</c> table that marks a finished load.</summary>
    public const string LoadedFlag = "strangler_demo_loaded";

    public static async Task<DatabaseState> InspectAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        var tables = await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()", cancellationToken: cancellationToken));
        if (tables == 0)
        {
            return DatabaseState.Empty;
        }

        var hasFlagTable = await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = 'flag'", cancellationToken: cancellationToken)) > 0;
        return hasFlagTable && await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            "SELECT COUNT(*) FROM flag WHERE flag_code = @LoadedFlag", new { LoadedFlag }, cancellationToken: cancellationToken)) > 0
            ? DatabaseState.Loaded
            : DatabaseState.Unfinished;
    }

    /// <summary>Removes every table and view of the database.</summary>
    public static async Task DropAllAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        var tables = await connection.QueryAsync<(string Name, string Kind)>(new CommandDefinition(
            "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = DATABASE()", cancellationToken: cancellationToken));
        await ExecuteAsync(connection, "SET SESSION foreign_key_checks = 0", cancellationToken);
        foreach (var (name, kind) in tables)
        {
            await ExecuteAsync(connection, $"DROP {(kind == "VIEW" ? "VIEW" : "TABLE")} `{name}`", cancellationToken);
        }
    }

    public static async Task CreateAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        await ExecuteAsync(connection, "SET SESSION foreign_key_checks = 0, sql_mode = 'NO_ENGINE_SUBSTITUTION'", cancellationToken);
        foreach (var statement in Statements())
        {
            await ExecuteAsync(connection, statement, cancellationToken);
        }
    }

    /// <summary>Every statement of the schema, in the order of the scripts.</summary>
    public static IEnumerable<string> Statements()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            foreach (var statement in reader.ReadToEnd().Split(";\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                yield return statement;
            }
        }
    }

    private static Task<int> ExecuteAsync(MySqlConnection connection, string sql, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(sql, commandTimeout: 600, cancellationToken: cancellationToken));
}
