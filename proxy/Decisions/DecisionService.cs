using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;
using Strangler.Proxy.Fallback;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Freshness;
using Strangler.Proxy.Journeys;
using Strangler.Proxy.Stages;
using Strangler.Proxy.WriteSwitch;

namespace Strangler.Proxy.Decisions;

/// <summary>Everything that was found out about a matched request, whether or not the decision needed it. For explanations.</summary>
internal sealed record DecisionEvidence(
    RouteDecision Decision, DecisionInput Input, string CohortKey, IReadOnlyList<string> Groups, double? AgeMilliseconds, string Circuit);

/// <summary>Gathers what <see cref="RouteDecider"/> decides on. A legacy slice is decided without asking anything.</summary>
internal sealed class DecisionService(
    IVariantFeatureManager flags, FreshnessService freshness, LagMonitor lag, ServicePipelines pipelines, OverrideKey overrides, MagentoVarySource vary,
    JourneyPins journeys, TimeProvider time)
{
    /// <summary>Who answers this request. Asks the flag once, and only where it can make a difference.</summary>
    public ValueTask<RouteDecision> DecideAsync(HttpContext context, RoutingSnapshot snapshot, SliceRoute route)
    {
        if (!snapshot.KillSwitch && WriteRequests.RecordOf(context, route) is { } record)
        {
            return ValueTask.FromResult(new RouteDecision(record, DecisionReason.SystemOfRecord));
        }

        var wanted = snapshot.KillSwitch ? null : OverrideOf(context, route);
        var needsFlag = !snapshot.KillSwitch && wanted is null && route.Entry.Stage is Stage.Canary or Stage.Live or Stage.Retired;
        return needsFlag
            ? DecideByFlagAsync(context, snapshot, route)
            : ValueTask.FromResult(RouteDecider.Decide(new DecisionInput(snapshot.KillSwitch, wanted, route.Entry.Stage, false, false, false)));
    }

    /// <summary>The same decision with all that speaks for and against it.</summary>
    public async ValueTask<DecisionEvidence> ExplainAsync(HttpContext context, RoutingSnapshot snapshot, SliceRoute route)
    {
        var visitor = TargetingOf(context, route);
        var pinned = PinOf(context, route);
        var input = new DecisionInput(
            snapshot.KillSwitch,
            OverrideOf(context, route),
            route.Entry.Stage,
            pinned is { } side ? side == Side.Extracted : await flags.IsEnabledAsync(route.Slice.Id, visitor, context.RequestAborted),
            await freshness.HoldsAsync(context, route),
            pipelines.Of(route.Slice).MayAsk)
        {
            Record = WriteRequests.RecordOf(context, route),
            ByJourney = pinned is not null,
        };
        return new DecisionEvidence(RouteDecider.Decide(input), input, visitor.UserId, [.. visitor.Groups],
            lag.AgeOf(route.Slice.Config.Service), pipelines.Of(route.Slice).State);
    }

    /// <summary>The side a canary's flag gives a visitor, whatever they ask for.</summary>
    public async ValueTask<Side> CohortOfAsync(HttpContext context, SliceRoute route) =>
        PinOf(context, route) ?? (await flags.IsEnabledAsync(route.Slice.Id, TargetingOf(context, route), CancellationToken.None) ? Side.Extracted : Side.Magento);

    private async ValueTask<RouteDecision> DecideByFlagAsync(HttpContext context, RoutingSnapshot snapshot, SliceRoute route)
    {
        var pinned = PinOf(context, route);
        var on = pinned is { } side ? side == Side.Extracted : await flags.IsEnabledAsync(route.Slice.Id, TargetingOf(context, route), context.RequestAborted);
        if (route.Slice.Config is { Journey: { } journey, Writes: null } && (pinned is not null || snapshot.IsInCanary(journey)))
        {
            journeys.Keep(context, journey, on ? Side.Extracted : Side.Magento);
        }

        // The wait for the data comes last: who goes to Magento anyway does not wait.
        var mayAsk = pipelines.Of(route.Slice).MayAsk;
        var isFresh = !on || !mayAsk || await freshness.HoldsAsync(context, route);
        return RouteDecider.Decide(new DecisionInput(false, null, route.Entry.Stage, on, isFresh, mayAsk) { ByJourney = pinned is not null });
    }

    // A stage that leaves no choice leaves none to a journey either; nor does the owner of data that are read where they are written.
    private Side? PinOf(HttpContext context, SliceRoute route) =>
        route.Slice.Config is { Journey: { } journey, Writes: null } && route.Entry.Stage is Stage.Canary or Stage.Live ? journeys.SideOf(context, journey) : null;

    private TargetingContext TargetingOf(HttpContext context, SliceRoute route) => new()
    {
        UserId = CohortKey.Of(context),
        Groups = route.Audience.HasRules ? route.Audience.GroupsOf(new VisitorFacts(context, vary.Vary)) : [],
    };

    private Side? OverrideOf(HttpContext context, SliceRoute route)
    {
        var text = context.Request.Headers[OverrideToken.HeaderName] is [{ Length: > 0 } header]
            ? header
            : context.Request.Headers.Cookie.Count > 0 ? context.Request.Cookies[OverrideToken.CookieName] : null;
        return text is not null && OverrideToken.Verify(text, overrides.Key, time.GetUtcNow()) is { } token
            && (token.Slice is null || token.Slice == route.Slice.Id)
                ? token.Side
                : null;
    }
}
