using Microsoft.Extensions.Options;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.EdgeCache.Pages;
using Strangler.Proxy.Fallback;
using Strangler.Proxy.Forwarding;
using Strangler.Proxy.Freshness;
using Strangler.Proxy.Slices;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Telemetry;
using Strangler.Proxy.WriteSwitch;

namespace Strangler.Proxy.Control;

/// <summary>Puts together what the control API shows of this replica.</summary>
internal sealed class ControlState(
    RoutingStore routing, StageFollower stages, SliceCatalogStore catalog, LagMonitor lag, ServicePipelines pipelines, SliceStats stats, FreshnessStats freshness,
    RequestRate rate, PageViews pages, IOptions<FacadeOptions> facade, IOptions<RoutingOptions> options, IOptions<ControlOptions> control, TimeProvider time)
{
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    public SlicesView Slices()
    {
        var snapshot = routing.Current;
        return new SlicesView(snapshot.Stages.Version, snapshot.KillSwitch, [.. snapshot.Routes.Select(View)]);
    }

    public SliceView? Find(string id) => routing.Current.Find(id) is { } route ? View(route) : null;

    /// <summary>Why a slice that writes may not be brought to a stage by a plain change; null when it may.</summary>
    public string? WriteFault(string id, Stage to) =>
        routing.Current.Find(id) is { } route ? WriteStageRule.Fault(route.Slice.Config, route.Entry, to) : null;

    public StatusView Status() => new(
        routing.Current.Stages.Version,
        routing.Current.KillSwitch,
        stages.ReplicaId,
        stages.Replicas,
        catalog.Faults,
        stages.Unreachable,
        lag.Fault,
        stats.Total,
        rate.PerSecond,
        facade.Value.Magento.ToString(),
        options.Value.Services.ToDictionary(service => service.Key, service => service.Value.ToString(), StringComparer.Ordinal),
        _startedAt,
        control.Value.Open)
    {
        Pages = pages.Share(),
    };

    private SliceView View(SliceRoute route)
    {
        var config = route.Slice.Config;
        return new SliceView(
            config.Id, config.Title, config.Service, route.Entry.Stage, route.Entry.Percent, route.Entry.Version, route.Entry.ChangedAt,
            route.Entry.Rules, config.Matches, config.Except ?? [], config.Tables, config.Freshness, config.Gates ?? [],
            new LagView(lag.AgeOf(config.Service), lag.SampleOf(config.Service)?.State ?? "unknown"),
            pipelines.Of(route.Slice).State,
            stats.Read(config.Id),
            freshness.Read(config.Id))
        {
            Writes = config.Writes is not null,
            Losses = lag.SampleOf(config.Service)?.LossesOf(config.Tables) ?? [],
        };
    }
}
