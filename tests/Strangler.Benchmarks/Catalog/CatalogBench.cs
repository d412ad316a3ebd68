using System.Diagnostics;
using System.Text.RegularExpressions;
using Strangler.Benchmarks.Processes;
using Strangler.Benchmarks.Reporting;
using Strangler.TestKit;

namespace Strangler.Benchmarks.Catalog;

/// <summary>
/// The catalog service over the restored real database, asked as the recorded Magento was when its times were taken: one client, one call after the
/// other, a new connection each, 20 calls after 3 to warm up.
/// </summary>
internal static partial class CatalogBench
{
    private const string Ours = "catalog service";
    private const string Peer = "recorded Magento";
    private const int WarmUps = 3;
    private const int Calls = 20;
    private const int Connections = 32;

    private static readonly (string Call, string Path, bool Token)[] Cases =
    [
        ("REST GET product by sku (simple)", "/rest/V1/products/24-MB01", true),
        ("REST GET product by sku (configurable)", "/rest/V1/products/MH01", true),
        ("REST 401 (no token)", "/rest/V1/products/24-MB01", false),
    ];

    public static async Task<int> RunAsync(BenchOptions options, CancellationToken cancellationToken)
    {
        if (RequiredTools.Missing(("wrk", "wrk"), ("mariadbd", "mariadb-server")) is { } missing)
        {
            await Console.Error.WriteLineAsync(missing);
            return 1;
        }

        var facts = Path.Combine(RepositoryPaths.Shared, "magento", "facts.md");
        if (!File.Exists(facts))
        {
            await Console.Error.WriteLineAsync("This bench measures beside the recorded Magento: it needs its dump and times in ../shared/magento.");
            return 1;
        }

        await MeasureAsync(RecordedTimes.Read(facts), Token(await File.ReadAllTextAsync(facts, cancellationToken)), options, cancellationToken);
        return 0;
    }

    private static async Task MeasureAsync(
        IReadOnlyDictionary<string, RecordedTime> recorded, string token, BenchOptions options, CancellationToken cancellationToken)
    {
        await Console.Error.WriteLineAsync("loading the recorded database");
        await using var database = await CatalogProcess.LoadAsync(cancellationToken);
        await Console.Error.WriteLineAsync("starting the catalog service and waiting for its first projection");
        var port = FreePort.Next();
        await using var service = await CatalogProcess.StartAsync(database, port, cancellationToken);

        var samples = new Samples("catalog");
        for (var round = 1; round <= options.Rounds; round++)
        {
            await Console.Error.WriteLineAsync($"round {round} of {options.Rounds}");
            foreach (var (call, path, withToken) in Cases)
            {
                var times = await CallAsync($"http://127.0.0.1:{port}{path}", withToken ? token : null, cancellationToken);
                samples.Add(call, "median", "ms", false, Ours, Samples.Median(times));
                samples.Add(call, "median", "ms", false, Peer, recorded[call].Median);
                samples.Add(call, "p95", "ms", false, Ours, times.Order().ElementAt((int)Math.Ceiling(times.Count * 0.95) - 1));
                samples.Add(call, "p95", "ms", false, Peer, recorded[call].P95);
                var load = await Wrk.RunAsync($"http://127.0.0.1:{port}{path}", Connections, options.Seconds, cancellationToken, expectErrors: !withToken,
                    headers: withToken ? [$"Authorization: Bearer {token}"] : []);
                samples.Add(call, "requests", "1/s", true, Ours, load.PerSecond);
                // One client after the other is all the recording has; a store with more workers would do a multiple of it.
                samples.Add(call, "requests", "1/s", true, Peer, 1000 / recorded[call].Median);
            }
        }

        BenchPrinter.Print(samples.Lines(Ours), options.Json, Console.Out);
    }

    private static async Task<List<double>> CallAsync(string url, string? token, CancellationToken cancellationToken)
    {
        var times = new List<double>();
        for (var call = 0; call < WarmUps + Calls; call++)
        {
            using var client = new HttpClient();
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            if (token is not null)
            {
                request.Headers.Authorization = new("Bearer", token);
            }

            var start = Stopwatch.GetTimestamp();
            using var response = await client.SendAsync(request, cancellationToken);
            await response.Content.ReadAsByteArrayAsync(cancellationToken);
            if (call >= WarmUps)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        return times;
    }

    private static string Token(string facts) => IntegrationToken().Match(facts) is { Success: true } match
        ? match.Groups[1].Value
        : throw new FormatException("facts.md names no integration token.");

    [GeneratedRegex(@"\| integration .*?\| ([a-z0-9]{32}) \|")]
    private static partial Regex IntegrationToken();
}
