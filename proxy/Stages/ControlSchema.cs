using EvolveDb;
using MySqlConnector;

namespace Strangler.Proxy.Stages;

/// <summary>Brings the control database's tables up to date. Several replicas may do it at once: the migration takes a lock in the database.</summary>
internal static class ControlSchema
{
    public static void Migrate(string connectionString, ILogger logger)
    {
        using var connection = new MySqlConnection(new MySqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        var evolve = new Evolve(connection, message => Messages.Migration(logger, message))
        {
            EmbeddedResourceAssemblies = [typeof(ControlSchema).Assembly],
            EmbeddedResourceFilters = ["Strangler.Proxy.Stages.Schema"],
            MetadataTableName = "schema_history",
            IsEraseDisabled = true,
            // Each feature numbers its own migrations within its ten.
            OutOfOrder = true,
        };
        evolve.Migrate();
    }
}

/// <summary>Log messages of the migration, apart because a static class has no nested partial of its own.</summary>
internal static partial class Messages
{
    [LoggerMessage(Telemetry.EventIds.SchemaMigration, LogLevel.Debug, "{Message}")]
    public static partial void Migration(ILogger logger, string message);
}
