using System.Text.Json;
using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Positions;

/// <summary>
/// Follows <c>projection_checkpoint</c> of a service: what its read model has seen. Slowly while nothing is open, quickly while the
/// projection is behind the mirror or somebody waits for it.
/// </summary>
internal sealed class ProjectionReader(TargetContext target, TargetDatabase database, TimeSpan pace, TimeProvider time)
{
    private const int NoSuchTable = 1146;

    private static readonly TimeSpan QuickPace = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(1);

    private SourcePosition? _position;

    public SourcePosition? Position => Volatile.Read(ref _position);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await using var connection = await database.OpenAsync(cancellationToken);
                while (true)
                {
                    await ReadAsync(connection, cancellationToken);
                    var isBehind = target.Lag.ProjectedSequence is { } projected && projected < target.Progress.Sequence;
                    await Task.Delay(isBehind ? QuickPace : pace, time, cancellationToken);
                }
            }
            catch (MySqlException)
            {
                // The pipeline over the same database says what is wrong.
                Tell(null);
                await Task.Delay(PauseAfterFault, time, cancellationToken);
            }
        }
    }

    private async Task ReadAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            // A service may have several read models; all of them must have seen it.
            await using var command = new MySqlCommand("SELECT sequence, position FROM projection_checkpoint ORDER BY sequence LIMIT 1", connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken))
            {
                Tell(null);
                return;
            }

            Volatile.Write(ref _position, await reader.IsDBNullAsync(1, cancellationToken) ? null : Parse(reader.GetString(1)));
            Tell(reader.GetInt64(0));
        }
        catch (MySqlException fault) when (fault.Number == NoSuchTable)
        {
            Tell(null);
        }
    }

    private void Tell(long? sequence)
    {
        // In this order: who learns that the read model is so far must be able to have heard what changed on the way there.
        target.Invalidations.Projected(sequence);
        target.Lag.Projected(sequence);
    }

    private static SourcePosition? Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, PositionJson.Default.SourcePosition);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
