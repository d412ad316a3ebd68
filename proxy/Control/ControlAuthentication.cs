using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Strangler.Proxy.Control;

/// <summary>
/// Lets only known callers at <c>/api</c>: by key in <c>Authorization: Bearer</c> or <c>X-Strangler-Key</c>, or by the cookie a login gave.
/// The caller's name is on the request's items afterwards.
/// </summary>
internal sealed class ControlAuthentication
{
    public const string CookieName = "strangler_login";
    private const string NameItem = "strangler.caller";
    private static readonly TimeSpan LoginLifetime = TimeSpan.FromHours(12);

    private readonly bool _open;
    private readonly TimeProvider _time;
    private readonly (string Name, byte[] Digest)[] _keys;
    private readonly byte[] _cookieKey;

    public ControlAuthentication(IOptions<ControlOptions> options, TimeProvider time)
    {
        _open = options.Value.Open;
        _time = time;
        _keys = [.. options.Value.ApiKeys.Select(entry => entry.Split(':', 2)).Select(parts => (parts[0], Digest(parts[1])))];
        // Changing any key ends all logins; replicas with the same keys accept each other's.
        _cookieKey = Digest(string.Join('\n', options.Value.ApiKeys));
    }

    public static string CallerOf(HttpContext context) => (string)context.Items[NameItem]!;

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!context.Request.Path.StartsWithSegments("/api") || context.Request.Path == "/api/login")
        {
            return next(context);
        }

        if (Identify(context) is not { } name)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return TypedResults.Problem(
                "Give a key in 'Authorization: Bearer …' or 'X-Strangler-Key', or log in on the dashboard.",
                statusCode: StatusCodes.Status401Unauthorized, title: "Who are you?").ExecuteAsync(context);
        }

        context.Items[NameItem] = name;
        return next(context);
    }

    /// <summary>The name that belongs to a key, or null. Compares with every key in constant time.</summary>
    public string? NameOf(string? key)
    {
        if (string.IsNullOrEmpty(key))
        {
            return null;
        }

        string? found = null;
        var digest = Digest(key);
        foreach (var (name, expected) in _keys)
        {
            found = CryptographicOperations.FixedTimeEquals(digest, expected) ? name : found;
        }

        return found;
    }

    public void LogIn(HttpContext context, string name)
    {
        var expires = _time.GetUtcNow() + LoginLifetime;
        var text = $"{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(name))}.{expires.ToUnixTimeSeconds()}";
        context.Response.Cookies.Append(CookieName, $"{text}.{Sign(text)}", new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
            Expires = expires,
            Path = "/",
        });
    }

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private string? Identify(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        var key = authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            ? authorization["Bearer ".Length..].Trim()
            : context.Request.Headers["X-Strangler-Key"].ToString();
        return NameOf(key) ?? NameOfCookie(context.Request.Cookies[CookieName]) ?? (_open ? "demo" : null);
    }

    private string? NameOfCookie(string? cookie)
    {
        if (cookie?.Split('.') is not [var name, var expires, var signature]
            || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(signature), Encoding.ASCII.GetBytes(Sign($"{name}.{expires}")))
            || !long.TryParse(expires, out var seconds) || seconds <= _time.GetUtcNow().ToUnixTimeSeconds())
        {
            return null;
        }

        return Encoding.UTF8.GetString(Convert.FromHexString(name));
    }

    private string Sign(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(_cookieKey, Encoding.UTF8.GetBytes(text)));
}
