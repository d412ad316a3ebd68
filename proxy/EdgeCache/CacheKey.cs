using Microsoft.AspNetCore.Http.Features;
using Strangler.Proxy.Forwarding;

namespace Strangler.Proxy.EdgeCache;

/// <summary>
/// All of a request that its answer may depend on. Made of the request's own strings, so that looking an answer up copies nothing; compared part by part, so that
/// no two requests can be taken for one.
/// </summary>
internal readonly struct CacheKey : IEquatable<CacheKey>
{
    /// <summary>The space of Magento's own pages; no slice's name is like it.</summary>
    public const string Pages = "pages";

    private readonly int _hash;

    private CacheKey(string space, string target, string host, string scheme, IHeaderDictionary headers, in MagentoCookies cookies, string extra)
    {
        (Space, Target, Host, Scheme, Extra, Cookies) = (space, target, host, scheme, extra, cookies);
        (Accept, AcceptEncoding) = (headers.Accept.ToString(), headers.AcceptEncoding.ToString());
        (Store, Currency) = (headers["Store"].ToString(), headers["Content-Currency"].ToString());
        _hash = HashCode.Combine(
            Target, Host, Accept, AcceptEncoding, Extra, string.GetHashCode(Cookies.Vary.Span), string.GetHashCode(Cookies.Store.Span), HashCode.Combine(Space, Scheme, Store, Currency));
    }

    private CacheKey(string target, string host, string scheme, IHeaderDictionary headers, in MagentoCookies cookies, string extra)
    {
        (Space, Target, Host, Scheme, Extra, Cookies) = (Pages, target, host, scheme, extra, cookies);
        (Accept, AcceptEncoding) = ("", "");
        (Store, Currency) = (headers["Store"].ToString(), headers["Content-Currency"].ToString());
        _hash = HashCode.Combine(Target, Host, Extra, Scheme, string.GetHashCode(Cookies.Vary.Span), string.GetHashCode(Cookies.Store.Span), Store, Currency);
    }

    private CacheKey(in CacheKey other)
    {
        this = other;
        Cookies = other.Cookies.Copy();
    }

    /// <summary>The slice, or what else keeps answers.</summary>
    public string Space { get; }

    public string Target { get; }

    public string Host { get; }

    public string Scheme { get; }

    public string Accept { get; }

    public string AcceptEncoding { get; }

    public string Store { get; }

    public string Currency { get; }

    public MagentoCookies Cookies { get; }

    /// <summary>What a slice adds: a token, further fields.</summary>
    public string Extra { get; }

    /// <summary>The key of a request; false for one that must not be answered from a store, and its answer not kept.</summary>
    public static bool TryOf(HttpContext context, string space, CacheConfig config, out CacheKey key)
    {
        key = default;
        var headers = context.Request.Headers;
        if (!IsPlain(headers))
        {
            return false;
        }

        if (headers.Authorization.Count > (config.PerToken ? 1 : 0) || !MagentoCookies.TryRead(headers, out var cookies))
        {
            return false;
        }

        var scheme = context.Request.IsHttps ? "https" : "http";
        var extra = config.PerToken || config.VaryHeaders is { Count: > 0 } ? Extras(headers, config) : "";
        if (context.Features.Get<StorefrontConnection>() is { } connection)
        {
            scheme = connection.IsHttps ? "https" : "http";
            if (connection.IsPeerTrusted)
            {
                // These go on to the upstream as they came.
                scheme = headers["X-Forwarded-Proto"] is { Count: > 0 } said ? said.ToString() : scheme;
                extra = headers["X-Forwarded-Host"].Count + headers["X-Forwarded-Port"].Count == 0 ? extra : $"{extra}\n{headers["X-Forwarded-Host"]}\n{headers["X-Forwarded-Port"]}";
            }
        }

        key = new CacheKey(space, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, headers.Host.ToString(), scheme, headers, cookies, extra);
        return true;
    }

    /// <summary>The key of a request for one of Magento's pages. What it accepts does not matter: those come in one form.</summary>
    public static CacheKey OfPage(HttpContext context, string target, in MagentoCookies cookies, string extra)
    {
        var headers = context.Request.Headers;
        var isHttps = context.Features.Get<StorefrontConnection>() is { } connection ? connection.IsHttps : context.Request.IsHttps;
        return new CacheKey(target, headers.Host.ToString(), isHttps ? "https" : "http", headers, cookies, extra);
    }

    /// <summary>Whether a request asks for a whole answer and brings nothing along.</summary>
    public static bool IsPlain(IHeaderDictionary headers) =>
        !(headers.ContentLength > 0) && headers.TransferEncoding.Count == 0 && headers.Range.Count == 0 && headers.Upgrade.Count == 0 && headers.Host.Count == 1;

    /// <summary>The same key for keeping: without the whole cookie line that it was read from.</summary>
    public CacheKey ToKept() => new(this);

    /// <summary>Bytes it takes in memory, roughly.</summary>
    public int Size => 200 + (2 * (Target.Length + Host.Length + Accept.Length + AcceptEncoding.Length + Extra.Length + Cookies.Vary.Length + Cookies.Store.Length));

    public bool Equals(CacheKey other) =>
        _hash == other._hash && Target == other.Target && Space == other.Space && Host == other.Host && Scheme == other.Scheme && Accept == other.Accept
        && AcceptEncoding == other.AcceptEncoding && Store == other.Store && Currency == other.Currency && Extra == other.Extra
        && Cookies.Vary.Span.SequenceEqual(other.Cookies.Vary.Span) && Cookies.Store.Span.SequenceEqual(other.Cookies.Store.Span);

    public override bool Equals(object? obj) => obj is CacheKey other && Equals(other);

    public override int GetHashCode() => _hash;

    private static string Extras(IHeaderDictionary headers, CacheConfig config)
    {
        var parts = (config.VaryHeaders ?? []).Select(name => headers[name].Count == 0 ? "" : $"{headers[name].Count}:{headers[name]}");
        return string.Join('\n', config.PerToken ? parts.Prepend(headers.Authorization.ToString()) : parts);
    }
}
