using MySqlConnector;
using Strangler.Catalog.ReadModel;

namespace Strangler.Catalog.Projection;

/// <summary>The single row that says which generation is answered from, and what has been projected.</summary>
internal static class ReadModelState
{
    public const string ProjectionName = "products";

    public static async Task<(int Generation, long? Projected)> ReadAsync(MirrorQuery query, CancellationToken cancellationToken)
    {
        var (generation, projected) = (0, (long?)null);
        await query.ReadAsync(
            """
            SELECT r.generation, p.sequence FROM read_model r LEFT JOIN projection_checkpoint p ON p.name = 'products' WHERE r.id = 1
            """,
            row => (generation, projected) = (row.GetInt32(0), row.IsDBNull(1) ? null : row.GetInt64(1)),
            cancellationToken);
        return (generation, projected);
    }

    /// <summary>Tells readers to resolve callers and store views anew.</summary>
    public static async Task RaiseAccessVersionAsync(MirrorQuery query, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(
            "UPDATE read_model SET access_version = access_version + 1 WHERE id = 1", query.Connection, query.Transaction);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Makes a generation the one that is answered from.</summary>
    public static async Task SwitchAsync(MirrorQuery query, int generation, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(
            "UPDATE read_model SET generation = @generation WHERE id = 1", query.Connection, query.Transaction);
        command.Parameters.AddWithValue("@generation", generation);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
