using System.Text.Json;
using Strangler.Cli.CommandLine;
using Strangler.Cli.Processes;

namespace Strangler.Cli.Running;

/// <summary>Waits until processes are ready, however long a first copy takes, as long as something moves.</summary>
internal sealed class Readiness(HttpClient http, TimeProvider time)
{
    private static readonly TimeSpan Standstill = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <summary>Returns when every process is ready; throws when one ends, or when nothing has changed for minutes.</summary>
    public async Task WaitAsync(IReadOnlyList<RunningProcess> processes, string? positions, Action<string> report, CancellationToken cancellationToken)
    {
        var waiting = processes.Where(process => process.Ready is not null).ToList();
        var seen = "";
        var moved = time.GetTimestamp();
        while (true)
        {
            if (processes.FirstOrDefault(process => !process.Identity.IsRunning) is { } dead)
            {
                throw new CliFault($"{dead.Name} ended while it started. The end of {dead.Log}:\n{BackgroundProcess.Tail(dead.Log, 25)}");
            }

            var faults = new List<string>();
            foreach (var process in waiting.ToList())
            {
                if (await AskAsync(process.Ready!, cancellationToken) is { } fault)
                {
                    faults.Add($"{process.Name} {fault}");
                }
                else
                {
                    waiting.Remove(process);
                }
            }

            if (waiting.Count == 0)
            {
                return;
            }

            var now = string.Join("; ", faults);
            if (positions is not null && await CopyProgressAsync(positions, cancellationToken) is { } copy)
            {
                now = copy;
            }

            report(now);
            if (now != seen)
            {
                seen = now;
                moved = time.GetTimestamp();
            }
            else if (time.GetElapsedTime(moved) > Standstill)
            {
                throw new CliFault($"Not ready, and nothing has moved for {Standstill.TotalMinutes:0} minutes: {string.Join("; ", faults)}. The end of {waiting[0].Log}:\n{BackgroundProcess.Tail(waiting[0].Log, 25)}");
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    /// <summary>Null when ready, else what is missing.</summary>
    public async Task<string?> AskAsync(string readyUrl, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5), time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var response = await http.GetAsync(new Uri(readyUrl), stop.Token);
            return response.IsSuccessStatusCode ? null : Describe(await response.Content.ReadAsStringAsync(stop.Token));
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return "does not answer yet";
        }
    }

    private static string Describe(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var checks = document.RootElement.GetProperty("checks").EnumerateArray()
                .Where(check => check.GetProperty("status").GetString() != "Healthy")
                .Select(check => check.GetProperty("description").GetString() ?? check.GetProperty("name").GetString());
            return $"is not ready: {string.Join(", ", checks)}";
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "is not ready";
        }
    }

    private async Task<string?> CopyProgressAsync(string cdcSync, CancellationToken cancellationToken)
    {
        if (await Positions.ReadAsync(http, cdcSync, cancellationToken) is not { } services || services.All(service => service.State != "snapshot"))
        {
            return null;
        }

        return string.Join("; ", services.Where(service => service.State == "snapshot").Select(service =>
            $"first copy for {service.Service}: {service.TablesDone} of {service.Tables} tables, {service.Rows:N0} rows"));
    }
}
