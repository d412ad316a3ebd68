using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.Positions;

/// <summary>The source's end of log as last seen.</summary>
internal sealed record SourceState(SourcePosition? Position, DateTimeOffset ReadAt, bool Connected);

/// <summary>Asks for the source's position at a steady pace and hands it to every target's <see cref="LagTracker"/>.</summary>
internal sealed partial class PositionSampler(
    SourcePositionReader? reader, IReadOnlyList<TargetContext> targets, TimeSpan pace, TimeProvider time, ILogger<PositionSampler> logger)
{
    private SourceState _state = new(null, default, false);

    public SourceState State => Volatile.Read(ref _state);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (reader is null)
        {
            return;
        }

        using var timer = new PeriodicTimer(pace, time);
        do
        {
            try
            {
                await SampleAsync(cancellationToken);
            }
            catch (Exception fault) when (fault is MySqlException or InvalidOperationException or TimeoutException)
            {
                if (State.Connected || State.Position is null)
                {
                    Log.Unreachable(logger, fault.Message);
                }

                Volatile.Write(ref _state, State with { Connected = false });
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>The end of the log at some moment after the call.</summary>
    public async Task<SourcePosition> SampleAsync(CancellationToken cancellationToken)
    {
        var askedAt = time.GetTimestamp();
        if (reader is null)
        {
            throw new InvalidOperationException("there is no ConnectionStrings:Source to ask.");
        }

        var position = await reader.ReadAsync(cancellationToken);
        Volatile.Write(ref _state, new SourceState(position, time.GetUtcNow(), true));
        foreach (var target in targets)
        {
            target.Lag.Sampled(position, askedAt);
        }

        return position;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.SampleFailed, LogLevel.Warning, "The source's position cannot be read: {Message}")]
        public static partial void Unreachable(ILogger logger, string message);
    }
}
