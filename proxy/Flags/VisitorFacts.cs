using System.Net;
using Strangler.Proxy.Forwarding;

namespace Strangler.Proxy.Flags;

/// <summary>
/// What targeting knows of the visitor behind a request. Everything is read on demand: a slice without rules reads nothing.
/// </summary>
internal readonly struct VisitorFacts(HttpContext context, MagentoVary? vary)
{
    public IPAddress? Address => ClientAddress.Of(context);

    /// <summary>
    /// The store view a request is for: the code in a REST path, else <c>___store</c>, else the <c>store</c> cookie, else <c>default</c>
    /// (Magento's own order where no store code is in the URL).
    /// </summary>
    public string StoreView
    {
        get
        {
            var code = RestStoreCode(context.Request.Path.Value ?? "");
            if (code is not null)
            {
                return code;
            }

            var query = context.Request.Query["___store"].ToString();
            if (query.Length > 0)
            {
                return query;
            }

            return context.Request.Headers["Store"] is [{ Length: > 0 } header] && context.Request.Path.StartsWithSegments("/graphql")
                ? header
                : Cookie("store") ?? "default";
        }
    }

    public string? Cookie(string name) => context.Request.Cookies[name] is { Length: > 0 } value ? value : null;

    public bool HasHeader(string name, string value) =>
        context.Request.Headers.TryGetValue(name, out var values) && (value == "*" || values.Contains(value, StringComparer.Ordinal));

    public bool HasCookie(string name, string value) => Cookie(name) is { } found && (value == "*" || found == value);

    /// <summary>
    /// Whether the visitor is in one of these customer groups. Group 0 is everybody who is not logged in; another group is known by the
    /// <c>X-Magento-Vary</c> cookie, given the crypt key. A customer who comes with a token alone is in no group as far as the facade knows.
    /// </summary>
    public bool IsInGroup(IReadOnlyList<string> groups)
    {
        if (Cookie(MagentoVary.CookieName) is not { } cookie)
        {
            return groups.Contains("0", StringComparer.Ordinal) && context.Request.Headers.Authorization.Count == 0;
        }

        var storeView = StoreView;
        var known = vary;
        return known is not null && groups.Any(group => known.IsGroup(cookie, group, storeView));
    }

    private static string? RestStoreCode(string path)
    {
        var parts = path.Split('/', 4, StringSplitOptions.RemoveEmptyEntries);
        var rest = Array.IndexOf(parts, "rest");
        return rest is 0 or 1 && parts.Length > rest + 1 && !IsVersion(parts[rest + 1]) ? parts[rest + 1] : null;
    }

    private static bool IsVersion(string segment) => segment is ['V', >= '0' and <= '9', ..] or "async" or "schema";
}
