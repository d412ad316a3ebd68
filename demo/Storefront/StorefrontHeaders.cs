using System.Globalization;

namespace Strangler.Demo.Storefront;

/// <summary>The headers that Magento puts on every storefront answer.</summary>
internal static class StorefrontHeaders
{
    private const string Policy =
        "font-src data: 'self' 'unsafe-inline'; form-action 'self' 'unsafe-inline'; frame-ancestors 'self'; frame-src 'self' 'unsafe-inline'; img-src data: 'self' 'unsafe-inline'; " +
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; object-src 'self' 'unsafe-inline'; media-src 'self' 'unsafe-inline'; " +
        "manifest-src 'self' 'unsafe-inline'; connect-src 'self' 'unsafe-inline'; child-src 'self' 'unsafe-inline' http: https: blob:; default-src 'self' 'unsafe-inline' 'unsafe-eval'; base-uri 'self' 'unsafe-inline';";

    /// <summary>Not to be cached outside; <paramref name="moment"/> is when the page was made, which for a stored page is when it was stored.</summary>
    public static void NoCache(HttpResponse response, DateTimeOffset moment)
    {
        response.Headers.Pragma = "no-cache";
        response.Headers.CacheControl = "max-age=0, must-revalidate, no-cache, no-store";
        response.Headers.Expires = Http(moment.AddYears(-1));
    }

    /// <summary>A page that may be cached but was not: what leaks out of Magento on 404s and section loads.</summary>
    public static void LeakedPublic(HttpResponse response, DateTimeOffset moment, string pragma)
    {
        response.Headers.Pragma = pragma;
        response.Headers.Expires = Http(moment.AddDays(1));
        response.Headers.CacheControl = "max-age=0, must-revalidate, no-cache, no-store";
    }

    public static void Security(HttpResponse response, bool restricted = false)
    {
        response.Headers[restricted ? "Content-Security-Policy" : "Content-Security-Policy-Report-Only"] = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.XXSSProtection = "1; mode=block";
        response.Headers.XFrameOptions = "SAMEORIGIN";
    }

    private static string Http(DateTimeOffset moment) => moment.UtcDateTime.ToString("R", CultureInfo.InvariantCulture);
}
