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
    /// <summary>Tells a side that no shopper waits for the answer.</summary>
    public const string MarkHeader = "X-Strangler-Shadow";

    public static ShadowRequest Of(HttpContext context, byte[]? body)
    {
        var headers = context.Request.Headers;
        var fields = new List<(string, string)>(headers.Count + 4);
        foreach (var (name, values) in headers)
        {
            // Both sides must be asked the whole question: what the client has in its cache is no part of it.
            if (name.Equals("Host", StringComparison.OrdinalIgnoreCase)
                || (FieldRules.OfRequest(name) == FieldRule.Pass && !name.Equals("Expect", StringComparison.OrdinalIgnoreCase)))
            {
                fields.AddRange(values.Select(value => (name, value ?? "")));
            }
        }

        var connection = context.Features.Get<StorefrontConnection>();
        fields.Add(("X-Forwarded-For", connection?.PeerAddress ?? ""));
        fields.Add(("X-Forwarded-Proto", connection?.IsHttps == true ? "https" : "http"));
        fields.Add(("X-Forwarded-Host", headers.Host.ToString()));
        fields.Add(("X-Forwarded-Port", connection?.LocalPort ?? ""));
        fields.Add((MarkHeader, "1"));
        return new ShadowRequest(context.Request.Method, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, fields, body);
    }
}
