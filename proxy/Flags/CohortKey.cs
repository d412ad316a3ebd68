using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Strangler.Proxy.Forwarding;

namespace Strangler.Proxy.Flags;

/// <summary>
/// What makes a visitor stick to one side during a canary: the customer of a token, else the session cookie, else the masked cart id in the
/// path, else address and agent. It only sorts visitors, it grants nothing: a token is read here without being believed.
/// </summary>
internal static class CohortKey
{
    public static string Of(HttpContext context) =>
        OfToken(context.Request.Headers.Authorization.ToString())
        ?? OfSession(context.Request.Cookies["PHPSESSID"])
        ?? OfCart(context.Request.Path.Value ?? "")
        ?? "address:" + Digest($"{ClientAddress.Of(context)}\n{context.Request.Headers.UserAgent}");

    private static string? OfToken(string authorization)
    {
        if (!authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) || authorization.Length == "Bearer ".Length)
        {
            return null;
        }

        var token = authorization["Bearer ".Length..].Trim();
        return OfClaims(token) ?? "token:" + Digest(token);
    }

    /// <summary>A token of Magento's is a JWT with <c>uid</c> and <c>utypid</c>; it changes hourly while the customer stays the same.</summary>
    private static string? OfClaims(string token)
    {
        if (token.Split('.') is not [_, var payload, _])
        {
            return null;
        }

        try
        {
            using var claims = JsonDocument.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(payload));
            return claims.RootElement.TryGetProperty("uid", out var user) && claims.RootElement.TryGetProperty("utypid", out var type)
                ? $"user:{type}:{user}"
                : null;
        }
        catch (Exception fault) when (fault is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? OfSession(string? session) => string.IsNullOrEmpty(session) ? null : "session:" + Digest(session);

    private static string? OfCart(string path)
    {
        const string marker = "/guest-carts/";
        var at = path.IndexOf(marker, StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        var id = path.AsSpan(at + marker.Length);
        var end = id.IndexOf('/');
        id = end < 0 ? id : id[..end];
        return id.IsEmpty ? null : $"cart:{id}";
    }

    // Secrets do not travel further than they must: not into explanations, not into logs.
    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 12));
}
