using System.Collections.Concurrent;

namespace Strangler.CdcSync.Snapshot;

/// <summary>How far the copy of a table is, and how fast.</summary>
internal sealed record CopyPace(long Rows, long? Estimated, double? RowsPerSecond, double? SecondsLeft, string? Paused);

/// <summary>Measures the copies under way. Safe for several threads.</summary>
internal sealed class CopyMeter(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Running> _running = [];

    /// <summary>Why copying pauses just now, null while it does not.</summary>
    public string? Paused { get; set; }

    public void Begin(string table, long rows, long? estimated) => _running[table] = new Running(time.GetTimestamp(), rows, estimated);

    public void End(string table) => _running.TryRemove(table, out _);

    /// <summary>The pace of a table that is copied or waits for it; null for others.</summary>
    public CopyPace? Of(TableCopy copy)
    {
        if (copy.State is not (CopyState.Pending or CopyState.Copying))
        {
            return null;
        }

        if (!_running.TryGetValue(copy.Table, out var running))
        {
            return new CopyPace(copy.Rows, null, null, null, Paused);
        }

        var seconds = time.GetElapsedTime(running.StartedAt).TotalSeconds;
        var rate = seconds > 0 && copy.Rows > running.RowsBefore ? (copy.Rows - running.RowsBefore) / seconds : (double?)null;
        // The server's own estimate may be below what is copied already.
        var left = running.Estimated is { } estimated && rate is { } perSecond ? Math.Max(0, estimated - copy.Rows) / perSecond : (double?)null;
        return new CopyPace(copy.Rows, running.Estimated, Rounded(rate), Rounded(left), Paused);
    }

    private static double? Rounded(double? value) => value is { } number ? Math.Round(number, 1) : null;

    private sealed record Running(long StartedAt, long RowsBefore, long? Estimated);
}
