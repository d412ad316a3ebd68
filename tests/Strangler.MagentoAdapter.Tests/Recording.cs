using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Strangler.MagentoAdapter.Tests;

/// <summary>A request to a real Magento and its answer.</summary>
public sealed record Recording(string Name, string Method, string Path, int Status, string? MediaType, string Body)
{
    /// <summary>Every REST recording that is there; the test is skipped where none is.</summary>
    public static IReadOnlyList<Recording> All()
    {
        var folder = RepositoryPaths.RequireShared("magento", "recordings");
        return
        [
            .. System.IO.Directory.GetFiles(folder, "rest-*.jsonl").Append(Path_(folder, "scenario.jsonl")).Where(File.Exists)
                .SelectMany(File.ReadLines).Select(Read).Where(recording => recording.Path.Contains("/V1/", StringComparison.Ordinal)),
        ];
    }

    private static string Path_(string folder, string file) => System.IO.Path.Combine(folder, file);

    private static Recording Read(string line)
    {
        using var document = JsonDocument.Parse(line);
        var request = document.RootElement.GetProperty("request");
        var response = document.RootElement.GetProperty("response");
        var type = response.GetProperty("headers").EnumerateArray()
            .FirstOrDefault(header => string.Equals(header[0].GetString(), "Content-Type", StringComparison.OrdinalIgnoreCase));
        return new Recording(
            document.RootElement.GetProperty("name").GetString()!,
            request.GetProperty("method").GetString()!,
            request.GetProperty("path").GetString()!,
            response.GetProperty("status").GetInt32(),
            type.ValueKind == JsonValueKind.Array ? type[1].GetString()!.Split(';')[0] : null,
            BodyOf(response));
    }

    private static string BodyOf(JsonElement response)
    {
        if (response.TryGetProperty("body", out var body) && body.ValueKind == JsonValueKind.String)
        {
            return body.GetString()!;
        }

        if (!response.TryGetProperty("bodyBase64", out var packed) || packed.ValueKind != JsonValueKind.String)
        {
            return "";
        }

        var bytes = packed.GetBytesFromBase64();
        if (bytes is not [0x1f, 0x8b, ..])
        {
            return Encoding.UTF8.GetString(bytes);
        }

        using var reader = new StreamReader(new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
