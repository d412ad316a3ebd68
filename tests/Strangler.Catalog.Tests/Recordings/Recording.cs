using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Strangler.Catalog.Tests.Recordings;

/// <summary>One recorded exchange with the real store.</summary>
internal sealed record Recording(string File, int Line, string Name, JsonElement Request, JsonElement Response)
{
    public string Method => Request.GetProperty("method").GetString()!;

    public string Target => Request.GetProperty("path").GetString()!;

    public int Status => Response.GetProperty("status").GetInt32();

    public string? RequestBody => Request.TryGetProperty("body", out var body) ? body.GetString() : null;

    public IEnumerable<(string Name, string Value)> RequestHeaders => Headers(Request);

    public string? ResponseHeader(string name) =>
        Headers(Response).FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    /// <summary>The body without its transfer's compression.</summary>
    public string Body
    {
        get
        {
            if (Response.TryGetProperty("body", out var body) && body.ValueKind == JsonValueKind.String)
            {
                return body.GetString()!;
            }

            if (!Response.TryGetProperty("bodyBase64", out var base64) || base64.ValueKind != JsonValueKind.String)
            {
                return "";
            }

            using var bytes = new MemoryStream(base64.GetBytesFromBase64());
            using Stream stream = ResponseHeader("Content-Encoding") == "gzip" ? new GZipStream(bytes, CompressionMode.Decompress) : bytes;
            using var reader = new StreamReader(stream, Encoding.UTF8);
            return reader.ReadToEnd();
        }
    }

    /// <summary>Every recording of a file, in order.</summary>
    public static IEnumerable<Recording> Read(string file)
    {
        var line = 0;
        foreach (var text in System.IO.File.ReadLines(RepositoryPaths.RequireShared("magento", "recordings", file)))
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement.Clone();
            yield return new Recording(file, line++, root.GetProperty("name").GetString()!, root.GetProperty("request"), root.GetProperty("response"));
        }
    }

    public override string ToString() => $"{File}:{Line} {Name}";

    private static IEnumerable<(string Name, string Value)> Headers(JsonElement message) =>
        message.GetProperty("headers").EnumerateArray().Select(header => (header[0].GetString()!, header[1].GetString()!));
}
