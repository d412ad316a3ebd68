using System.Globalization;
using System.Text.Json.Nodes;
using Strangler.Cli.CommandLine;
using Strangler.Cli.Control;

namespace Strangler.Cli.Replaying;

/// <summary>Hands a log's requests to the facade at a pace, and waits until all are answered.</summary>
internal sealed class ReplayRun(CliContext context, ControlClient client, LogReader log, double rate, long limit)
{
    private const int MostAtOnce = 500;
    private const int MostWaiting = 500;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    public async Task<JsonNode> RunAsync(JsonObject begin, CancellationToken cancellationToken)
    {
        var path = $"api/replays/{(await client.PostAsync("api/replays", begin, cancellationToken))["id"]}";
        try
        {
            await context.Progress.StepAsync("replay the log", report => AskAllAsync(path, report, cancellationToken));
            var answer = await client.GetAsync(path, cancellationToken);
            return new JsonObject
            {
                ["lines"] = log.Lines,
                ["malformed"] = log.Malformed,
                ["firstMalformed"] = new JsonArray([.. log.FirstMalformed.Select(line => (JsonNode)new JsonObject
                {
                    ["file"] = line.File, ["line"] = line.Line, ["why"] = line.Why, ["text"] = line.Text,
                })]),
                ["masked"] = log.Masked,
                ["replay"] = answer,
            };
        }
        finally
        {
            await EndAsync(path);
        }
    }

    private async Task<bool> AskAllAsync(string path, Action<string> report, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Tick, context.Time);
        var requests = log.ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var _ = requests;
        var (left, due, more) = (limit, 1.0, true);
        var startedAt = context.Time.GetTimestamp();
        long waiting = 0;
        do
        {
            var batch = new JsonArray();
            // What could not be asked in time is not made up for in a burst.
            due = Math.Min(due, Math.Max(1, rate));
            while (waiting + batch.Count < MostWaiting && batch.Count < MostAtOnce && due >= 1 && left > 0 && more && (more = await requests.MoveNextAsync()))
            {
                batch.Add(ToJson(requests.Current));
                (due, left) = (due - 1, left - 1);
            }

            var view = batch.Count > 0
                ? await client.PostAsync($"{path}/requests", new JsonObject { ["requests"] = batch }, cancellationToken)
                : await client.GetAsync($"{path}?groups=0", cancellationToken);
            waiting = view["pending"]!.GetValue<long>();
            report(Progress(view, context.Time.GetElapsedTime(startedAt)));
            if ((!more || left == 0) && waiting == 0)
            {
                return true;
            }

            due += rate * Tick.TotalSeconds;
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
        return true;
    }

    private static JsonObject ToJson(LoggedRequest request)
    {
        var headers = new JsonObject();
        foreach (var (name, value) in request.Headers)
        {
            headers[name] = value;
        }

        return new JsonObject { ["method"] = request.Method, ["target"] = request.Target, ["headers"] = headers };
    }

    private string Progress(JsonNode view, TimeSpan elapsed)
    {
        var slices = view["slices"]!.AsArray();
        long Sum(string name) => slices.Sum(slice => slice![name]!.GetValue<long>());
        var done = view["requests"]!.GetValue<long>() - view["pending"]!.GetValue<long>();
        return string.Create(CultureInfo.InvariantCulture,
            $"{log.Lines:N0} lines, {Sum("compared"):N0} compared, {Sum("different"):N0} different, {done / Math.Max(0.1, elapsed.TotalSeconds):0.#} a second");
    }

    private async Task EndAsync(string path)
    {
        try
        {
            await client.DeleteAsync(path, CancellationToken.None);
        }
        catch (CliFault)
        {
            // It ends by itself when nobody asks any more.
        }
    }
}
