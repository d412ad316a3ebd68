using System.Collections.Concurrent;

namespace Strangler.CdcSync.Positions;

/// <summary>When a change of each table was last applied. Safe for several threads.</summary>
internal sealed class TableTimes(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _times = new();

    public void Applied(IEnumerable<string> tables)
    {
        var now = time.GetUtcNow();
        foreach (var table in tables)
        {
            _times[table] = now;
        }
    }

    /// <summary>Null when none was since the process began.</summary>
    public DateTimeOffset? Of(string table) => _times.TryGetValue(table, out var at) ? at : null;
}
