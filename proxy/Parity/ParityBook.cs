namespace Strangler.Proxy.Parity;

/// <summary>A request that showed a difference, masked.</summary>
internal sealed record ParitySample(string Target, string? Magento, string? Service, DateTimeOffset At);

/// <summary>What was found about one path and kind.</summary>
internal sealed class ParityGroup
{
    public long Count { get; set; }

    public long NoiseCount { get; set; }

    public DateTimeOffset FirstSeen { get; set; }

    public DateTimeOffset LastSeen { get; set; }

    public List<ParitySample> Samples { get; } = [];
}

/// <summary>What one slice's comparisons came to since the book was last emptied.</summary>
internal sealed class ParityCounts
{
    public long Compared { get; set; }

    public long Different { get; set; }

    public long Noisy { get; set; }

    public long Raced { get; set; }

    public long Dropped { get; set; }

    public long Uncomparable { get; set; }

    public long NoiseCompared { get; set; }

    public Dictionary<(string Path, string Kind), ParityGroup> Groups { get; } = [];
}

/// <summary>Collects what comparisons find, in memory and bounded, until it is brought to the control database. Safe for several threads.</summary>
internal sealed class ParityBook(TimeProvider time)
{
    public const int SamplesKept = 5;
    private const int MaximumGroups = 500;
    private const int ShownLength = 400;
    private const string Others = "(others)";

    private readonly Lock _lock = new();
    private Dictionary<string, ParityCounts> _slices = new(StringComparer.Ordinal);

    /// <summary>A pair of both sides.</summary>
    /// <param name="slice">The slice.</param>
    /// <param name="target">Method and target of the request.</param>
    /// <param name="differences">What differed.</param>
    /// <param name="isDifferent">Whether any of it counts.</param>
    public void Compared(string slice, string target, IReadOnlyList<Difference> differences, bool isDifferent) => Change(slice, counts =>
    {
        counts.Compared++;
        counts.Different += isDifferent ? 1 : 0;
        counts.Noisy += differences.Count > 0 && !isDifferent ? 1 : 0;
        foreach (var same in differences.GroupBy(difference => (difference.GroupPath, difference.Kind)))
        {
            var group = GroupOf(counts, same.Key);
            group.Count++;
            if (group.Samples.Count < SamplesKept)
            {
                var first = same.First();
                group.Samples.Add(new ParitySample(Cut(Masking.Target(target))!, Cut(Masking.Value(first.Path, first.Magento)), Cut(Masking.Value(first.Path, first.Service)), time.GetUtcNow()));
            }
        }
    });

    /// <summary>A pair of Magento's own answers to one request.</summary>
    public void ComparedWithItself(string slice, IReadOnlyList<Difference> differences) => Change(slice, counts =>
    {
        counts.NoiseCompared++;
        foreach (var same in differences.GroupBy(difference => (difference.GroupPath, difference.Kind)))
        {
            GroupOf(counts, same.Key).NoiseCount++;
        }
    });

    /// <summary>A difference that was gone when both were asked at one known position.</summary>
    public void Raced(string slice) => Change(slice, counts => counts.Raced++);

    /// <summary>A copy that was not made: no room.</summary>
    public void Dropped(string slice) => Change(slice, counts => counts.Dropped++);

    /// <summary>A pair that could not be compared: an answer was too large, broken off, or did not come.</summary>
    public void Uncomparable(string slice) => Change(slice, counts => counts.Uncomparable++);

    /// <summary>Looks into what one slice's comparisons have come to; null when there was none.</summary>
    public T Read<T>(string slice, Func<ParityCounts?, T> look)
    {
        lock (_lock)
        {
            return look(_slices.GetValueOrDefault(slice));
        }
    }

    /// <summary>Takes everything out.</summary>
    public IReadOnlyDictionary<string, ParityCounts> Take()
    {
        lock (_lock)
        {
            var taken = _slices;
            _slices = new Dictionary<string, ParityCounts>(StringComparer.Ordinal);
            return taken;
        }
    }

    private void Change(string slice, Action<ParityCounts> change)
    {
        lock (_lock)
        {
            if (!_slices.TryGetValue(slice, out var counts))
            {
                _slices[slice] = counts = new ParityCounts();
            }

            change(counts);
        }
    }

    private ParityGroup GroupOf(ParityCounts counts, (string Path, string Kind) key)
    {
        key = (Cut(key.Path)!, key.Kind);
        if (!counts.Groups.TryGetValue(key, out var group))
        {
            key = counts.Groups.Count < MaximumGroups ? key : (Others, DifferenceKind.Value);
            if (!counts.Groups.TryGetValue(key, out group))
            {
                counts.Groups[key] = group = new ParityGroup { FirstSeen = time.GetUtcNow() };
            }
        }

        group.LastSeen = time.GetUtcNow();
        return group;
    }

    private static string? Cut(string? text) => text is { Length: > ShownLength } ? text[..ShownLength] + "…" : text;
}
