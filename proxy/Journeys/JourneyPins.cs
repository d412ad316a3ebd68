using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Flags;

namespace Strangler.Proxy.Journeys;

/// <summary>
/// The sides on which a visitor's journeys stay, in a signed cookie: so any replica knows, guests have one too, and nothing is stored. Its text is
/// <c>name.side.expiry</c> for each journey, with <c>~</c> between and the signature (HMAC-SHA256) behind.
/// </summary>
internal sealed class JourneyPins(OverrideKey key, IOptions<JourneyOptions> options, TimeProvider time)
{
    public const string CookieName = "strangler_journey";
    private const int LongestCookie = 1024;
    private const int MostJourneys = 8;

    private readonly TimeSpan _lifetime = options.Value.IdleTimeout;

    /// <summary>The side on which a journey was begun; null when it was not, or ended.</summary>
    public Side? SideOf(HttpContext context, string journey) => Find(Read(context), journey)?.Side;

    /// <summary>Lets the visitor's journey stay on a side from now on, or stay longer. The cookie goes with the answer, unless that is shared between visitors.</summary>
    public void Keep(HttpContext context, string journey, Side side)
    {
        var pins = Read(context);
        var now = time.GetUtcNow();
        if (Find(pins, journey) is { } pin && pin.Side == side && pin.ExpiresAt - now > _lifetime / 2)
        {
            return;
        }

        Pin[] kept = [new(journey, side, now + _lifetime), .. pins.Where(other => other.Journey != journey).Take(MostJourneys - 1)];
        context.Response.OnStarting(
            static state =>
            {
                var (context, value, lifetime) = ((HttpContext, string, TimeSpan))state;
                if (!IsShared(context.Response))
                {
                    context.Response.Cookies.Append(CookieName, value, Options(context, lifetime));
                }

                return Task.CompletedTask;
            },
            (context, Sign(kept), _lifetime));
    }

    /// <summary>Ends all journeys of the visitor: what comes next may take another side.</summary>
    public static void End(HttpContext context)
    {
        if (HasAny(context))
        {
            context.Response.OnStarting(
                static state =>
                {
                    var context = (HttpContext)state;
                    if (context.Response.StatusCode < StatusCodes.Status400BadRequest)
                    {
                        context.Response.Cookies.Delete(CookieName, Options(context, null));
                    }

                    return Task.CompletedTask;
                },
                context);
        }
    }

    /// <summary>Whether the visitor brings any.</summary>
    public static bool HasAny(HttpContext context) => context.Request.Cookies.ContainsKey(CookieName);

    internal string Sign(IEnumerable<Pin> pins)
    {
        var text = string.Join('~', pins.Select(pin => string.Create(
            CultureInfo.InvariantCulture, $"{pin.Journey}.{(pin.Side == Side.Extracted ? 's' : 'm')}.{pin.ExpiresAt.ToUnixTimeSeconds()}")));
        return $"{text}~{Signature(text)}";
    }

    // Shared caches must not give one visitor's side to all.
    private static bool IsShared(HttpResponse response)
    {
        var control = response.Headers.CacheControl.ToString();
        return Says(control, "public") || Says(control, "s-maxage") || (Says(control, "max-age") && !Says(control, "private") && !Says(control, "no-store") && !Says(control, "no-cache"));

        static bool Says(string control, string word) => control.Contains(word, StringComparison.OrdinalIgnoreCase);
    }

    private static CookieOptions Options(HttpContext context, TimeSpan? lifetime) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Lax,
        Secure = context.Request.IsHttps,
        Path = "/",
        MaxAge = lifetime,
    };

    private static Pin? Find(IReadOnlyList<Pin> pins, string journey) => pins.FirstOrDefault(pin => pin.Journey == journey);

    private List<Pin> Read(HttpContext context)
    {
        if (context.Request.Headers.Cookie.Count == 0 || context.Request.Cookies[CookieName] is not { Length: > 0 and <= LongestCookie } value)
        {
            return [];
        }

        var end = value.LastIndexOf('~');
        if (end < 0 || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(value[(end + 1)..]), Encoding.UTF8.GetBytes(Signature(value[..end]))))
        {
            return [];
        }

        var now = time.GetUtcNow();
        return [.. value[..end].Split('~').Select(Parse).OfType<Pin>().Where(pin => pin.ExpiresAt > now)];
    }

    private static Pin? Parse(string text) =>
        text.Split('.') is [var journey, var side and ("s" or "m"), var expiry] && long.TryParse(expiry, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? new Pin(journey, side == "s" ? Side.Extracted : Side.Magento, DateTimeOffset.FromUnixTimeSeconds(seconds))
            : null;

    // Another purpose than the overrides', so that one is no other.
    private string Signature(string text) => Base64Url.EncodeToString(HMACSHA256.HashData(key.Key, Encoding.UTF8.GetBytes("journey\n" + text)));

    /// <summary>One journey.</summary>
    internal sealed record Pin(string Journey, Side Side, DateTimeOffset ExpiresAt);
}
