using Strangler.Proxy.Parity;
using Strangler.Proxy.Shadowing;

namespace Strangler.Proxy.Replaying;

/// <summary>The findings of one replay, and where it counts, of the slices as well.</summary>
internal sealed class ReplayFindings(TimeProvider time, SliceFindings slices, bool counts) : IFindings
{
    private const int MaximumPatterns = 5000;
    private readonly ParityBook _book = new(time);
    private readonly DateTimeOffset _since = time.GetUtcNow();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Pattern> _patterns = new(StringComparer.Ordinal);
    private long _declined;

    public long Declined => Interlocked.Read(ref _declined);

    public bool IsNoise(string slice, Difference difference) =>
        _book.Read(slice, found => found is not null && found.Groups.TryGetValue((difference.GroupPath, difference.Kind), out var group) && ParityKeeper.IsNoise(found, group))
        || slices.IsNoise(slice, difference);

    public void Compared(string slice, string request, IReadOnlyList<Difference> differences, bool isDifferent)
    {
        _book.Compared(slice, request, differences, isDifferent);
        Remember(slice, differences);
        if (counts)
        {
            slices.Compared(slice, request, differences, isDifferent);
        }
    }

    public void ComparedWithItself(string slice, IReadOnlyList<Difference> differences)
    {
        _book.ComparedWithItself(slice, differences);
        if (counts)
        {
            slices.ComparedWithItself(slice, differences);
        }
    }

    public void Raced(string slice)
    {
        _book.Raced(slice);
        if (counts)
        {
            slices.Raced(slice);
        }
    }

    public void Uncomparable(string slice)
    {
        _book.Uncomparable(slice);
        if (counts)
        {
            slices.Uncomparable(slice);
        }
    }

    void IFindings.Declined(string slice) => Interlocked.Increment(ref _declined);

    public void Answered(string slice, ShadowRequest request, TimeSpan latency, bool isError)
    {
        if (counts)
        {
            slices.Answered(slice, request, latency, isError);
        }
    }

    /// <summary>What was found of a slice. Pairs from before something was known to be noise are told again by what is known now.</summary>
    public ParityView View(string slice, int groups)
    {
        var view = _book.Read(slice, found => found is null ? null : ParityApi.View(slice, new ParityTotals(_since, found)));
        if (view is null)
        {
            return ParityApi.View(slice, null);
        }

        var noise = view.Groups.Where(group => group.IsNoise).Select(group => (group.Path, group.Kind)).ToHashSet();
        long different = 0;
        long differing = 0;
        lock (_lock)
        {
            foreach (var pattern in _patterns.Values.Where(pattern => pattern.Slice == slice))
            {
                differing += pattern.Count;
                different += pattern.Groups.Any(group => !noise.Contains(group)) ? pattern.Count : 0;
            }
        }

        return view with
        {
            Different = different,
            Noisy = differing - different,
            Rate = view.Compared == 0 ? null : 1 - (different / (double)view.Compared),
            Groups = [.. view.Groups.OrderBy(group => group.IsNoise).ThenByDescending(group => group.Count).ThenBy(group => group.Path, StringComparer.Ordinal).Take(groups)],
        };
    }

    private void Remember(string slice, IReadOnlyList<Difference> differences)
    {
        if (differences.Count == 0)
        {
            return;
        }

        List<(string Path, string Kind)> groups = [.. differences.Select(difference => (difference.GroupPath, difference.Kind)).Distinct().Order()];
        var name = $"{slice}\n{string.Join('\n', groups)}";
        lock (_lock)
        {
            if (!_patterns.TryGetValue(name, out var pattern))
            {
                name = _patterns.Count < MaximumPatterns ? name : slice;
                if (!_patterns.TryGetValue(name, out pattern))
                {
                    _patterns[name] = pattern = new Pattern(slice, _patterns.Count < MaximumPatterns ? groups : [("(others)", DifferenceKind.Value)]);
                }
            }

            pattern.Count++;
        }
    }

    private sealed class Pattern(string slice, List<(string Path, string Kind)> groups)
    {
        public string Slice { get; } = slice;

        public List<(string Path, string Kind)> Groups { get; } = groups;

        public long Count { get; set; }
    }
}
