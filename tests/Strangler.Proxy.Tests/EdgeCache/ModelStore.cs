using System.Diagnostics;
using System.Globalization;

namespace Strangler.Proxy.Tests.EdgeCache;

/// <summary>
/// A source whose products have a version each, a read model that follows it, and the telling of what changed, each a random moment after the other. Knows which version
/// an answer must have at least.
/// </summary>
internal sealed class ModelStore(FakeChanges changes, int products)
{
    private readonly Lock _lock = new();
    private readonly List<(long At, int Version)>[] _history = [.. Enumerable.Range(0, products).Select(_ => new List<(long, int)> { (0, 0) })];
    private readonly int[] _projected = new int[products];
    private readonly int[] _told = new int[products];

    /// <summary>Written, seen by the read model, told; in this order.</summary>
    public async Task WriteAsync(int product, Func<Task> pause)
    {
        int version;
        lock (_lock)
        {
            version = _history[product].Count;
            _history[product].Add((Stopwatch.GetTimestamp(), version));
        }

        await pause();
        lock (_lock)
        {
            _projected[product] = version;
        }

        await pause();
        lock (_lock)
        {
            changes.Tell($"product/{product}");
            _told[product] = version;
        }
    }

    /// <summary>What the service answers with now.</summary>
    public string Read(int product)
    {
        lock (_lock)
        {
            return _projected[product].ToString(CultureInfo.InvariantCulture);
        }
    }

    /// <summary>The version that was committed at the source at a time.</summary>
    public int VersionAt(int product, long at)
    {
        lock (_lock)
        {
            return _history[product].Last(entry => entry.At <= at).Version;
        }
    }

    /// <summary>How old the read model is at most; null, now and then, for nobody knows.</summary>
    public double Age()
    {
        lock (_lock)
        {
            var oldest = Enumerable.Range(0, _history.Length).Where(product => _told[product] < _history[product].Count - 1)
                .Select(product => _history[product][_told[product] + 1].At).DefaultIfEmpty(long.MaxValue).Min();
            return oldest == long.MaxValue ? 0.1 : Stopwatch.GetElapsedTime(oldest).TotalMilliseconds + 0.1;
        }
    }

    /// <summary>Waits until everything committed by now is projected and told.</summary>
    public async Task UntilNowIsReadableAsync(CancellationToken cancellationToken)
    {
        int[] wanted;
        lock (_lock)
        {
            wanted = [.. _history.Select(history => history.Count - 1)];
        }

        while (!IsTold(wanted))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, cancellationToken);
        }
    }

    private bool IsTold(int[] wanted)
    {
        lock (_lock)
        {
            return wanted.Select((version, product) => _told[product] >= version).All(told => told);
        }
    }
}
