using System.Collections.Frozen;
using Microsoft.AspNetCore.Http.Features;
using Strangler.Proxy.Forwarding;

namespace Strangler.Proxy.Shadowing;

/// <summary>A request as it came, kept for asking it again after the client's connection has gone on.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Target">Its target, as sent.</param>
/// <param name="Fields">Its fields that belong to it and not to the connection, <c>Host</c> among them.</param>
/// <param name="Body">Its body; null without one.</param>
internal sealed record ShadowRequest(string Method, string Target, IReadOnlyList<(string Name, string Value)> Fields, byte[]? Body)
{
    private static readonly FrozenSet<string> LeftOut = new[]
    {
        "Expect", "If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "If-Range", "Range",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Tells a side that no shopper waits for the answer.</summary>
    public const string MarkHeader = "X-Strangler-Shadow";

    /// <summary>
    /// Whether Magento would answer out of a session. Asked again it would lock it for the shopper's next request, and might use up a message that the shopper has not seen.
    /// </summary>
    public bool HasSession => Fields.Any(line => line.Name.Equals("Cookie", StringComparison.OrdinalIgnoreCase) && HasSessionCookie(line.Value));

    /// <summary>Whether a field is asked again: not what ties a request to its connection, nor what the client has in its cache.</summary>
    public static bool Belongs(string name) => name.Equals("Host", StringComparison.OrdinalIgnoreCase) || (FieldRules.OfRequest(name) == FieldRule.Pass && !LeftOut.Contains(name));

    private static bool HasSessionCookie(string cookies)
    {
        foreach (var cookie in cookies.AsSpan().Split(';'))
        {
            if (cookies.AsSpan(cookie).Trim().StartsWith("PHPSESSID=", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    public static ShadowRequest Of(HttpContext context, ForwardedFields forwarded, byte[]? body)
    {
        var headers = context.Request.Headers;
        var fields = new List<(string, string)>(headers.Count + 4);
        foreach (var (name, values) in headers)
        {
            // Both sides must be asked the whole question: what the client has in its cache is no part of it.
            if (Belongs(name))
            {
                fields.AddRange(values.Select(value => (name, value ?? "")));
            }
        }

        fields.AddRange(forwarded.Of(context));
        fields.Add((MarkHeader, "1"));
        return new ShadowRequest(context.Request.Method, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, fields, body);
    }
}
