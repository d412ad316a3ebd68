using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Protection;
using Strangler.Proxy.Slices;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Control;

/// <summary>Says which way a request would go, and why, by the very code that decides; nothing is sent anywhere.</summary>
internal sealed class RouteExplainer(RoutingStore routing, DecisionService decisions)
{
    /// <summary>The explanation, or null when url or address cannot be read.</summary>
    public async Task<ExplainView?> ExplainAsync(ExplainRequest request, CancellationToken cancellationToken)
    {
        if (Context(request) is not { } context)
        {
            return null;
        }

        context.RequestAborted = cancellationToken;
        var snapshot = routing.Current;
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (snapshot.Match(context.Request.Method, target) is not { } route)
        {
            return new ExplainView(null, Side.Magento, DecisionReason.NoSlice,
                [new ExplainStep("slice", $"none of {snapshot.Routes.Count} slices takes {context.Request.Method} {target}", true)]);
        }

        var evidence = await decisions.ExplainAsync(context, snapshot, route);
        return new ExplainView(route.Slice.Id, evidence.Decision.Side, evidence.Decision.Reason, [.. Steps(route, evidence)]);
    }

    private static IEnumerable<ExplainStep> Steps(SliceRoute route, DecisionEvidence evidence)
    {
        var (input, reason) = (evidence.Input, evidence.Decision.Reason);
        yield return new ExplainStep("slice", $"{route.Slice.Id} takes it; its service is {route.Slice.Config.Service}", false);
        if (route.Slice.Config.Protection is { } limits)
        {
            yield return new ExplainStep("protection", ProtectionText(limits), false);
        }

        yield return new ExplainStep("killSwitch", input.KillSwitch ? "on: everything goes to Magento" : "off", reason == DecisionReason.KillSwitch);
        if (input.Record is { } record)
        {
            yield return new ExplainStep("systemOfRecord", $"it changes data that {Word(record)} owns", reason == DecisionReason.SystemOfRecord);
        }

        yield return new ExplainStep("override", input.Override is { } side ? $"a valid token asks for {Word(side)}" : "none", reason == DecisionReason.Override);
        yield return new ExplainStep("stage", StageText(route.Entry), reason == DecisionReason.Stage);
        if (route.Entry.Stage == Stage.Canary)
        {
            var groups = evidence.Groups.Count > 0 ? $", {string.Join(", ", evidence.Groups)} by a rule" : "";
            yield return new ExplainStep("cohort", $"{evidence.CohortKey}{groups}: {(input.FlagOn ? "in" : "not in")}", reason == DecisionReason.NotInCohort);
        }

        if (route.Slice.Config.Journey is { } journey)
        {
            yield return new ExplainStep("journey", input.ByJourney ? $"{journey}: begun with {(input.FlagOn ? "the service" : "Magento")}" : $"{journey}: not begun", reason == DecisionReason.Journey);
        }

        yield return new ExplainStep("freshness", FreshnessText(route.Slice.Config.Freshness, evidence), reason == DecisionReason.Stale);
        yield return new ExplainStep("circuit", evidence.Circuit, reason == DecisionReason.CircuitOpen);
        if (reason is DecisionReason.InCohort or DecisionReason.Live)
        {
            yield return new ExplainStep("service", $"{route.Slice.Config.Service} answers; if it fails a safe request, Magento does", true);
        }
    }

    private static string ProtectionText(ProtectionConfig limits) => string.Join("; ", new[]
    {
        limits.RequestsPerMinute is { } rate ? string.Create(CultureInfo.InvariantCulture, $"{rate} requests a minute of one client, {limits.Burst ?? rate} at once") : null,
        limits.MaxRequestBytes is { } bytes ? string.Create(CultureInfo.InvariantCulture, $"bodies of up to {bytes} bytes") : null,
    }.OfType<string>());

    private static string StageText(StageEntry entry) => entry.Stage == Stage.Canary
        ? string.Create(CultureInfo.InvariantCulture, $"canary at {entry.Percent} %")
        : StageStore.Word(entry.Stage);

    private static string FreshnessText(FreshnessConfig? freshness, DecisionEvidence evidence)
    {
        var age = evidence.AgeMilliseconds is { } milliseconds
            ? string.Create(CultureInfo.InvariantCulture, $"data at most {milliseconds:0} ms old")
            : "age of the data unknown";
        return freshness is { Mode: FreshnessMode.Bounded }
            ? string.Create(CultureInfo.InvariantCulture, $"{age}; allowed {freshness.Milliseconds} ms: {(evidence.Input.Fresh ? "fresh" : "too old")}")
            : freshness is { Mode: FreshnessMode.Session or FreshnessMode.Strict }
            ? string.Create(CultureInfo.InvariantCulture, $"{age}; {PromiseText(freshness)}: {(evidence.Input.Fresh ? "they are there" : $"not within {freshness.WaitMilliseconds} ms")}")
            : $"{age}; no bound";
    }

    private static string PromiseText(FreshnessConfig freshness) => freshness.Mode == FreshnessMode.Strict
        ? "everything committed before the request"
        : "the visitor's own writes";

    private static string Word(Side side) => side == Side.Extracted ? "the service" : "Magento";

    private static DefaultHttpContext? Context(ExplainRequest request)
    {
        var target = TargetOf(request.Url!);
        IPAddress? address = null;
        if (target is null || (request.ClientAddress is { Length: > 0 } text && !IPAddress.TryParse(text, out address)))
        {
            return null;
        }

        var context = new DefaultHttpContext();
        var feature = context.Features.Get<IHttpRequestFeature>()!;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        feature.Method = request.Method!.ToUpperInvariant();
        feature.RawTarget = target;
        feature.Path = Uri.UnescapeDataString(query < 0 ? target : target[..query]);
        feature.QueryString = query < 0 ? "" : target[query..];
        foreach (var (name, value) in request.Headers ?? new Dictionary<string, string>())
        {
            context.Request.Headers.Append(name, value);
        }

        context.Connection.RemoteIpAddress = address ?? IPAddress.Loopback;
        return context;
    }

    /// <summary>Cut as text: what stands behind the authority is explained as it would be sent, not as a Uri would tidy it.</summary>
    private static string? TargetOf(string url)
    {
        if (url.StartsWith('/'))
        {
            return url;
        }

        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        if (scheme <= 0)
        {
            return null;
        }

        var rest = url[(scheme + 3)..];
        var path = rest.AsSpan().IndexOfAny('/', '?');
        return path < 0 ? "/" : rest[path] == '?' ? "/" + rest[path..] : rest[path..];
    }
}
