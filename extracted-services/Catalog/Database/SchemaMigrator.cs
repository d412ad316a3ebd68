using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using MySqlConnector;

namespace Strangler.Catalog.Database;

/// <summary>
/// Brings the service's own tables up to date: the numbered scripts in <c>Schema/</c>, each once, in order, forward only. Several
/// replicas may start at once; one does the work, the others wait for it.
/// </summary>
internal sealed partial class SchemaMigrator(CatalogDatabase database, ILogger<SchemaMigrator> logger)
{
    private const string Prefix = "Strangler.Catalog.Schema.";

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenForProjectionAsync(cancellationToken);
        await ExecuteAsync(connection, "SELECT GET_LOCK('strangler.catalog.schema', 60)", cancellationToken);
        await ExecuteAsync(
            connection,
            "CREATE TABLE IF NOT EXISTS schema_version (script varchar(128) NOT NULL PRIMARY KEY, applied_at datetime(6) NOT NULL)",
            cancellationToken);
        var applied = await AppliedAsync(connection, cancellationToken);
        foreach (var script in Scripts().Where(script => !applied.Contains(script)))
        {
            await ExecuteAsync(connection, await TextAsync(script, cancellationToken), cancellationToken);
            await using var done = new MySqlCommand("INSERT INTO schema_version (script, applied_at) VALUES (@script, UTC_TIMESTAMP(6))", connection);
            done.Parameters.AddWithValue("@script", script);
            await done.ExecuteNonQueryAsync(cancellationToken);
            Log.Applied(logger, script);
        }

        await ExecuteAsync(connection, "SELECT RELEASE_LOCK('strangler.catalog.schema')", cancellationToken);
    }

    private static IEnumerable<string> Scripts() => Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => name[Prefix.Length..]).Order(StringComparer.Ordinal);

    private static async Task<string> TextAsync(string script, CancellationToken cancellationToken)
    {
        await using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Prefix + script)
            ?? throw new InvalidOperationException($"The schema script {script} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    private static async Task<HashSet<string>> AppliedAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand("SELECT script FROM schema_version", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var applied = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            applied.Add(reader.GetString(0));
        }

        return applied;
    }

    [SuppressMessage("Security", "CA2100", Justification = "Constants and the scripts of this assembly.")]
    private static async Task ExecuteAsync(MySqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.SchemaApplied, LogLevel.Information, "Applied schema script {Script}")]
        public static partial void Applied(ILogger logger, string script);
    }
}
