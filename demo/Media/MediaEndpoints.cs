using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Strangler.Demo.Generation;

namespace Strangler.Demo.Media;

/// <summary>Static files and product pictures, with the headers that nginx puts on them. Pictures are drawn from their names.</summary>
internal static partial class MediaEndpoints
{
    private static readonly DateTimeOffset LastModified = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, ProductLine> Lines = ProductLines.All.ToDictionary(line => line.Code.ToLowerInvariant());

    private static readonly Dictionary<string, Swatch> Colors = Vocabulary.Colors.ToDictionary(color => Slug.Of(color.Name));

    private static readonly string[] Backgrounds = ["#f1e8d8", "#e3ece8", "#efe4de", "#e6e9ef"];

    public static void MapMedia(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/static/{**path}", ["GET", "HEAD"], (HttpContext http, TimeProvider time, string path) => StaticAsync(http, time, path));
        routes.MapMethods("/media/{**path}", ["GET", "HEAD"], (HttpContext http, TimeProvider time, string path) => PictureAsync(http, time, path));
    }

    private static async Task StaticAsync(HttpContext http, TimeProvider time, string path)
    {
        var (file, type) = VersionPrefix().Replace(path, "").Split('/')[^1] switch
        {
            "shop.css" => ("shop.css", "text/css; charset=UTF-8"),
            "shop.js" => ("shop.js", "application/javascript; charset=UTF-8"),
            "admin.css" => ("admin.css", "text/css; charset=UTF-8"),
            "logo.svg" => ("logo.svg", "image/svg+xml"),
            "placeholder.svg" => ("placeholder.svg", "image/svg+xml"),
            _ => ("", ""),
        };
        if (file.Length == 0)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            http.Response.ContentType = "text/html; charset=UTF-8";
            http.Response.Headers.Vary = "Accept-Encoding";
            Protect(http.Response);
            return;
        }

        await SendAsync(http, time, await ReadAsync(file), type, vary: true);
    }

    private static async Task PictureAsync(HttpContext http, TimeProvider time, string path)
    {
        if (PictureName().Match(path) is { Success: true } match && Lines.TryGetValue(match.Groups["line"].Value, out var line)
            && Colors.TryGetValue(match.Groups["color"].Value, out var color))
        {
            var number = int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
            await SendAsync(http, time, System.Text.Encoding.UTF8.GetBytes(Draw(line, color, number)), "image/svg+xml", vary: false);
            return;
        }

        // A missing picture is no error: Magento sends its placeholder.
        http.Response.ContentType = "image/svg+xml";
        Protect(http.Response);
        var placeholder = await ReadAsync("placeholder.svg");
        http.Response.ContentLength = placeholder.Length;
        await http.Response.Body.WriteAsync(placeholder, http.RequestAborted);
    }

    private static string Draw(ProductLine line, Swatch color, int number)
    {
        var glyph = string.Format(CultureInfo.InvariantCulture, Glyphs.All[line.Glyph], color.Hex, Darker(color.Hex));
        var turn = number switch { 2 => "rotate(-9 100 100)", 3 => "translate(200 0) scale(-1 1)", _ => "" };
        return $"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 200 200' width='700' height='700'><rect width='200' height='200' fill='{Backgrounds[number % Backgrounds.Length]}'/>"
            + $"<ellipse cx='100' cy='172' rx='70' ry='9' fill='#0000001a'/><g transform='{turn}'>{glyph}</g></svg>";
    }

    private static string Darker(string hex)
    {
        var value = int.Parse(hex.AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        return $"#{(value >> 16) * 2 / 3:x2}{((value >> 8) & 255) * 2 / 3:x2}{(value & 255) * 2 / 3:x2}";
    }

    private static async Task SendAsync(HttpContext http, TimeProvider time, byte[] body, string type, bool vary)
    {
        var tag = $"\"{LastModified.ToUnixTimeSeconds():x}-{body.Length:x}\"";
        var headers = http.Response.Headers;
        headers.LastModified = LastModified.ToString("R", CultureInfo.InvariantCulture);
        if (vary)
        {
            headers.Vary = "Accept-Encoding";
        }

        headers.ETag = tag;
        headers.Expires = time.GetUtcNow().AddYears(1).ToString("R", CultureInfo.InvariantCulture);
        headers.Append("Cache-Control", "max-age=31536000");
        headers.Append("Cache-Control", "public");
        headers.XFrameOptions = "SAMEORIGIN";
        if (http.Request.Headers.IfNoneMatch == tag)
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        headers.AcceptRanges = "bytes";
        http.Response.ContentType = type;
        http.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
        }
    }

    private static void Protect(HttpResponse response)
    {
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.XXSSProtection = "1; mode=block";
        response.Headers.XFrameOptions = "SAMEORIGIN";
    }

    private static async Task<byte[]> ReadAsync(string file)
    {
        await using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Strangler.Demo.Assets.{file}")
            ?? throw new InvalidOperationException($"The asset {file} is not built in.");
        var bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }

    [GeneratedRegex(@"^version\d+/")]
    private static partial Regex VersionPrefix();

    [GeneratedRegex(@"^catalog/product/(?:cache/[0-9a-f]+/)?\w/\w/(?<line>[a-z]{3})-(?<color>[a-z]+)-\d+-(?<number>\d)\.svg$")]
    private static partial Regex PictureName();
}
