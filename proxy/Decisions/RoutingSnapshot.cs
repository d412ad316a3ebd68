using Microsoft.FeatureManagement;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Slices;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Decisions;

/// <summary>One slice with all that a decision about it needs.</summary>
internal sealed class SliceRoute
{
    public SliceRoute(Slice slice, StageEntry entry)
    {
        Slice = slice;
        Entry = entry;
        Audience = new Audience(entry.Rules);
        Flag = Task.FromResult(SliceFlag.Define(entry));
        HasShortWay = slice.Config is { Cache: not null, Journey: null, Freshness: null or { Mode: FreshnessMode.Eventual or FreshnessMode.Bounded } } && entry.Stage >= Stage.Live;
    }

    /// <summary>Whether a kept answer may be served without deciding: the service answers everybody, and nobody has to be asked how fresh its data are.</summary>
    public bool HasShortWay { get; }

    public Slice Slice { get; }

    public StageEntry Entry { get; }

    public Audience Audience { get; }

    /// <summary>The flag's definition, already completed: asking for it costs nothing.</summary>
    public Task<FeatureDefinition> Flag { get; }
}

/// <summary>The whole routing state: declarations and stages together. Immutable, built off the request path, swapped in one write.</summary>
internal sealed class RoutingSnapshot
{
    private readonly SliceRoute[] _routes;
    private readonly HashSet<string> _journeysInCanary;

    public RoutingSnapshot(SliceCatalog catalog, StageSnapshot stages)
    {
        Catalog = catalog;
        Stages = stages;
        _routes = [.. catalog.Slices.Select(slice => new SliceRoute(slice, stages.Of(slice.Id)))];
        HasCachedSlices = _routes.Any(route => route.Slice.Config.Cache is not null && route.Entry.Stage > Stage.Shadow);
        HasShortWays = !stages.KillSwitch && _routes.Any(route => route.HasShortWay);
        _journeysInCanary = [.. _routes.Where(route => route.Entry.Stage == Stage.Canary).Select(route => route.Slice.Config.Journey).OfType<string>()];
        HasSessionSlices = _routes.Any(route => route.Slice.Config.Freshness is { Mode: FreshnessMode.Session } && route.Entry.Stage > Stage.Shadow);
    }

    public SliceCatalog Catalog { get; }

    public StageSnapshot Stages { get; }

    public IReadOnlyList<SliceRoute> Routes => _routes;

    /// <summary>Whether somebody is promised to see their own writes, so that writes must be noted.</summary>
    public bool HasSessionSlices { get; }

    /// <summary>Whether a slice of a journey is in canary, so that visitors who begin it must be remembered.</summary>
    public bool IsInCanary(string journey) => _journeysInCanary.Contains(journey);

    /// <summary>Whether answers of a service are kept, so that changes must be heard.</summary>
    public bool HasCachedSlices { get; }

    /// <summary>Whether any slice's answers may be served without deciding.</summary>
    public bool HasShortWays { get; }

    public bool KillSwitch => Stages.KillSwitch;

    /// <summary>The slice that takes a request, or null for Magento's own.</summary>
    public SliceRoute? Match(string method, string rawTarget) =>
        Catalog.Matcher.Match(method, rawTarget) is { } slice ? _routes[slice.Index] : null;

    public SliceRoute? Find(string sliceId) => Catalog.Find(sliceId) is { } slice ? _routes[slice.Index] : null;
}

/// <summary>Holds the current <see cref="RoutingSnapshot"/> and makes a new one whenever declarations or stages change.</summary>
internal sealed class RoutingStore
{
    private readonly Lock _building = new();
    private readonly SliceCatalogStore _catalog;
    private readonly StageFollower _stages;
    private volatile RoutingSnapshot _current;

    public RoutingStore(SliceCatalogStore catalog, StageFollower stages)
    {
        _catalog = catalog;
        _stages = stages;
        _current = new RoutingSnapshot(catalog.Current, stages.Current);
        catalog.Changed += _ => Rebuild();
        stages.Changed += _ => Rebuild();
        Rebuild();
    }

    /// <summary>Raised after a new snapshot is in place, in the order of the changes.</summary>
    public event Action<RoutingSnapshot>? Changed;

    public RoutingSnapshot Current => _current;

    private void Rebuild()
    {
        lock (_building)
        {
            _current = new RoutingSnapshot(_catalog.Current, _stages.Current);
            Changed?.Invoke(_current);
        }
    }
}
