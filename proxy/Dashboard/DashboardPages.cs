using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace Strangler.Proxy.Dashboard;

/// <summary>
/// The dashboard's files, out of the assembly: the page at <c>/</c>, the rest at <c>/assets/…</c>. They hold no data, so nobody needs a key for
/// them; what they show comes from the control API.
/// </summary>
internal static class DashboardPages
{
    private const string ResourcePrefix = "Dashboard/";
    private const string PageName = "index.html";

    // Nothing inline and nothing from elsewhere: text from a slice file or an audit reason can never become code.
    private const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static void MapDashboard(this IEndpointRouteBuilder routes)
    {
        var files = ReadFiles();
        routes.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], (HttpContext context) => Serve(context, files[PageName])).WithName("Dashboard");
        foreach (var (name, file) in files)
        {
            routes.MapMethods($"/assets/{name}", [HttpMethods.Get, HttpMethods.Head], (HttpContext context) => Serve(context, file));
        }
    }

    private static FileContentHttpResult Serve(HttpContext context, DashboardFile file)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XFrameOptions = "DENY";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        // Asked for again each time, answered 304: a new version shows on the next reload, whole.
        headers.CacheControl = "no-cache";
        return TypedResults.Bytes(file.Content, file.ContentType, entityTag: file.Tag);
    }

    private static FrozenDictionary<string, DashboardFile> ReadFiles()
    {
        var assembly = typeof(DashboardPages).Assembly;
        var types = new FileExtensionContentTypeProvider();
        return assembly.GetManifestResourceNames()
            .Where(resource => resource.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .ToFrozenDictionary(resource => resource[ResourcePrefix.Length..], resource =>
            {
                using var stream = assembly.GetManifestResourceStream(resource)!;
                var content = new byte[stream.Length];
                stream.ReadExactly(content);
                var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..20]}\"");
                var type = types.TryGetContentType(resource, out var known) ? known : "application/octet-stream";
                return new DashboardFile(content, type.StartsWith("text/", StringComparison.Ordinal) ? $"{type}; charset=utf-8" : type, tag);
            }, StringComparer.Ordinal);
    }

    private sealed record DashboardFile(byte[] Content, string ContentType, EntityTagHeaderValue Tag);
}
