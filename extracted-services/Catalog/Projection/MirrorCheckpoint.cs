using MySqlConnector;
using Strangler.Catalog.ReadModel;

namespace Strangler.Catalog.Projection;

/// <summary>How far the mirror is, as cdc-sync wrote it, and what it left to do.</summary>
internal sealed record MirrorCheckpoint(long Sequence, string? Position, IReadOnlyList<DirtyKey> Keys)
{
    /// <summary>Reads both in the transaction's snapshot; null while the first copy is not complete.</summary>
    public static async Task<MirrorCheckpoint?> ReadAsync(MirrorQuery query, CancellationToken cancellationToken)
    {
        long? sequence = null;
        string? position = null;
        await query.ReadAsync(
            "SELECT sequence, position, state FROM cdc_checkpoint WHERE state <> 'snapshot' ORDER BY sequence DESC LIMIT 1",
            row => (sequence, position) = (row.GetInt64(0), row.Text(1)),
            cancellationToken);
        if (sequence is not { } current)
        {
            return null;
        }

        // Batches are applied one after the other, so every key of a sequence up to the checkpoint's is in the snapshot.
        const string Sql = "SELECT entity, key_value, sequence FROM cdc_dirty_key WHERE sequence <= @sequence";
        await using var command = new MySqlCommand(Sql, query.Connection, query.Transaction);
        command.Parameters.AddWithValue("@sequence", current);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var keys = new List<DirtyKey>();
        while (await reader.ReadAsync(cancellationToken))
        {
            keys.Add(new DirtyKey(reader.GetString(0), reader.GetString(1), reader.GetInt64(2)));
        }

        return new MirrorCheckpoint(current, position, keys);
    }

    /// <summary>
    /// Notes that the read model has all of this, and removes the keys that were read: a key made dirty again since has a higher
    /// sequence and stays.
    /// </summary>
    public async Task CompleteAsync(MirrorQuery query, TimeProvider time, CancellationToken cancellationToken)
    {
        const string Sql = """
            INSERT INTO projection_checkpoint (name, sequence, position, projected_at) VALUES (@name, @sequence, @position, @now)
            ON DUPLICATE KEY UPDATE sequence = VALUES(sequence), position = VALUES(position), projected_at = VALUES(projected_at);
            DELETE FROM cdc_dirty_key WHERE sequence <= @sequence;
            """;
        await using var command = new MySqlCommand(Sql, query.Connection, query.Transaction);
        command.Parameters.AddWithValue("@name", ReadModelState.ProjectionName);
        command.Parameters.AddWithValue("@sequence", Sequence);
        command.Parameters.AddWithValue("@position", Position);
        command.Parameters.AddWithValue("@now", time.GetUtcNow().UtcDateTime);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
