namespace Strangler.Proxy.Slices;

/// <summary>A slice as the facade runs it: the declaration and what follows from it. Immutable; replaced whole on reload.</summary>
public sealed class Slice
{
    /// <param name="config">The declaration.</param>
    /// <param name="index">The slice's place in its catalog.</param>
    public Slice(SliceConfig config, int index)
    {
        Config = config;
        Index = index;
        ExtractedRouteId = config.Id + ".extracted";
        Limits = config.Limits ?? new SliceLimits();
    }

    public SliceConfig Config { get; }

    public string Id => Config.Id;

    /// <summary>Place in the catalog, so that what belongs to a slice lies in plain arrays.</summary>
    public int Index { get; }

    /// <summary>The id of the twin route that leads to the service.</summary>
    public string ExtractedRouteId { get; }

    public SliceLimits Limits { get; }
}
