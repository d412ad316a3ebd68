using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Forwarding;
using Strangler.Proxy.Slices;

namespace Strangler.Proxy.Protection;

/// <summary>Says whether a request is within its limits: of the storefront, of its route, of its slice.</summary>
internal sealed class Protector : IDisposable
{
    private readonly ClientLimit? _storefront;
    private readonly List<ClientLimit> _routes = [];
    private readonly List<ClientLimit> _routeOfMatch = [];
    private readonly SliceMatcher? _matcher;
    private readonly TrustedProxies _exempt;
    private readonly ConcurrentDictionary<string, (ProtectionConfig Config, ClientLimit Limit)> _slices = new(StringComparer.Ordinal);

    public Protector(IOptions<ProtectionOptions> options)
    {
        var settings = options.Value;
        _exempt = new TrustedProxies(settings.Exempt);
        _storefront = settings.RequestsPerMinute is { } rate ? new ClientLimit("storefront", rate, settings.Burst) : null;
        MaxRequestBytes = settings.MaxRequestBytes;
        var matches = new List<Slice>();
        foreach (var route in settings.Routes)
        {
            var limit = new ClientLimit(route.Name, route.RequestsPerMinute, route.Burst);
            _routes.Add(limit);
            foreach (var parts in route.Matches.Select(match => match.Split(' ')))
            {
                _routeOfMatch.Add(limit);
                matches.Add(new Slice(new SliceConfig($"limit.{matches.Count}", "", "", [new SliceMatchConfig([parts[0]], parts[1])], null, [], null, null, null), matches.Count));
            }
        }

        _matcher = matches.Count > 0 ? new SliceMatcher(matches) : null;
    }

    public long? MaxRequestBytes { get; }

    /// <summary>Whether anything is asked of requests of no slice.</summary>
    public bool IsOn => _storefront is not null || _matcher is not null || MaxRequestBytes is not null;

    /// <summary>The limits in force, those of slices that were asked for among them.</summary>
    public IEnumerable<ClientLimit> Limits => (_storefront is null ? [] : new[] { _storefront }).Concat(_routes).Concat(_slices.Values.Select(slice => slice.Limit));

    /// <summary>The limit that a request is beyond, and when the next one may come; null when it may go on.</summary>
    public (ClientLimit Limit, TimeSpan After)? Take(HttpContext context)
    {
        if (_storefront is null && _matcher is null)
        {
            return null;
        }

        var address = ClientAddress.Of(context);
        if (_exempt.Contains(address))
        {
            return null;
        }

        var client = ClientSlot.Of(address);
        var route = _matcher?.Match(context.Request.Method, context.Features.Get<IHttpRequestFeature>()!.RawTarget) is { } found ? _routeOfMatch[found.Index] : null;
        return Take(route, client) ?? Take(_storefront, client);
    }

    /// <summary>The same for the limit that a slice declares.</summary>
    public (ClientLimit Limit, TimeSpan After)? Take(HttpContext context, Slice slice, ProtectionConfig config)
    {
        if (config.RequestsPerMinute is not { } rate)
        {
            return null;
        }

        var address = ClientAddress.Of(context);
        return _exempt.Contains(address) ? null : Take(Of(slice.Id, config, rate), ClientSlot.Of(address));
    }

    public void Dispose()
    {
        foreach (var limit in Limits)
        {
            limit.Dispose();
        }
    }

    // A slice that is declared anew with the same limits keeps its counts.
    private ClientLimit Of(string id, ProtectionConfig config, int rate)
    {
        if (_slices.TryGetValue(id, out var known) && known.Config == config)
        {
            return known.Limit;
        }

        lock (_slices)
        {
            if (!_slices.TryGetValue(id, out known) || known.Config != config)
            {
                known.Limit?.Dispose();
                known = (config, new ClientLimit(id, rate, config.Burst));
                _slices[id] = known;
            }

            return known.Limit;
        }
    }

    private static (ClientLimit Limit, TimeSpan After)? Take(ClientLimit? limit, int client) => limit?.Take(client) is { } after ? (limit, after) : null;
}
