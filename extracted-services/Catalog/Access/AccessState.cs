using System.Collections.Concurrent;
using Strangler.WebApi.Authentication;
using Strangler.WebApi.Stores;

namespace Strangler.Catalog.Access;

/// <summary>
/// Store views, configuration and callers as the mirror has them at one access version. Immutable but for the callers that are
/// remembered, which belong to the version too: a revocation raises it and all of this is dropped.
/// </summary>
internal sealed class AccessState(long version, StoreDirectory stores, AuthenticationSettings settings, bool stockConfigIsScoped, int capacity)
{
    private readonly ConcurrentDictionary<string, Caller> _callers = new(StringComparer.Ordinal);

    public long Version { get; } = version;

    public StoreDirectory Stores { get; } = stores;

    public AuthenticationSettings Settings { get; } = settings;

    /// <summary>Websites or store views have stock settings of their own.</summary>
    public bool StockConfigIsScoped { get; } = stockConfigIsScoped;

    public bool TryGetCaller(string token, long now, out Caller caller)
    {
        if (_callers.TryGetValue(token, out var known))
        {
            caller = known.ExpiresAt > now ? known : Caller.Guest;
            return true;
        }

        caller = Caller.Guest;
        return false;
    }

    public void Remember(string token, Caller caller)
    {
        // Guests are not remembered: made-up tokens must not push out real ones.
        if (caller.UserType == UserType.Guest)
        {
            return;
        }

        if (_callers.Count >= capacity)
        {
            _callers.Clear();
        }

        _callers[token] = caller;
    }
}
