using System.Collections.Frozen;

namespace Strangler.Proxy.Slices;

/// <summary>All slices at one moment. Immutable: a reload makes a new one and swaps it in one write.</summary>
internal sealed class SliceCatalog
{
    private readonly FrozenDictionary<string, Slice> _byId;

    public SliceCatalog(IReadOnlyList<Slice> slices, string hash)
    {
        Slices = slices;
        Hash = hash;
        _byId = slices.ToFrozenDictionary(slice => slice.Id, StringComparer.Ordinal);
        Matcher = new SliceMatcher(slices);
    }

    public static SliceCatalog Empty { get; } = new([], "");

    public IReadOnlyList<Slice> Slices { get; }

    /// <summary>SHA-256 over the declarations, in hex: tells whether two replicas run the same.</summary>
    public string Hash { get; }

    public SliceMatcher Matcher { get; }

    public Slice? Find(string id) => _byId.GetValueOrDefault(id);
}
