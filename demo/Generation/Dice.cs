namespace Strangler.Demo.Generation;

/// <summary>
/// Deterministic chance: the same seed, subject and question always give the same answer, in whatever order things are
/// asked. So every table can be generated on its own, in parallel, and still agree with the others.
/// </summary>
internal readonly record struct Dice(ulong Seed)
{
    public Dice About(int subject, string question) => new(Mix(Seed ^ Mix((ulong)(uint)subject) ^ Mix(Hash(question))));

    /// <summary>A number from 0 up to, not including, <paramref name="limit"/>.</summary>
    public int Next(int limit) => (int)(Mix(Seed) % (ulong)limit);

    public T Pick<T>(IReadOnlyList<T> from) => from[Next(from.Count)];

    public bool OneIn(int count) => Next(count) == 0;

    private static ulong Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in text)
        {
            hash = (hash ^ letter) * 1099511628211UL;
        }

        return hash;
    }

    // The finaliser of SplitMix64.
    private static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15UL;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9UL;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EBUL;
        return value ^ (value >> 31);
    }
}
