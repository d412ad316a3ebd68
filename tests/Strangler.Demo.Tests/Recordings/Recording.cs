using System.Text.Json;

namespace Strangler.Demo.Tests.Recordings;

/// <summary>One recorded exchange with the real store.</summary>
internal sealed record Recording(string Name, string Method, string Path, int Status, IReadOnlyList<(string Name, string Value)> Headers, string? Body)
{
    /// <summary>What the connection adds, not the store.</summary>
    private static readonly string[] OfTheConnection = ["Server", "Date", "Connection", "Transfer-Encoding", "Content-Length", "Keep-Alive"];

    /// <summary>The names of the store's own headers, each once.</summary>
    public IReadOnlyList<string> HeaderNames => Names(Headers.Select(header => header.Name));

    /// <summary>The names of the cookies it sets, in order.</summary>
    public IReadOnlyList<string> Cookies => [.. Headers.Where(header => header.Name == "Set-Cookie").Select(header => header.Value.Split('=')[0])];

    public static IReadOnlyList<string> Names(IEnumerable<string> names) =>
        [.. names.Where(name => !OfTheConnection.Contains(name, StringComparer.OrdinalIgnoreCase)).Select(name => name.ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal)];

    public static Recording Find(string file, string name)
    {
        foreach (var line in File.ReadLines(RepositoryPaths.RequireShared("magento", "recordings", file)))
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            if (root.GetProperty("name").GetString() != name)
            {
                continue;
            }

            var response = root.GetProperty("response");
            return new Recording(
                name,
                root.GetProperty("request").GetProperty("method").GetString()!,
                root.GetProperty("request").GetProperty("path").GetString()!,
                response.GetProperty("status").GetInt32(),
                [.. response.GetProperty("headers").EnumerateArray().Select(header => (header[0].GetString()!, header[1].GetString()!))],
                response.TryGetProperty("body", out var body) ? body.GetString() : null);
        }

        throw new InvalidOperationException($"No recording '{name}' in {file}.");
    }
}
