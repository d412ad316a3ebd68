using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Strangler.Cli.CommandLine;

namespace Strangler.Cli.Running;

/// <summary>One line of <c>status</c>.</summary>
internal sealed record ProcessStatus(string Name, string Address, bool Running, bool Ready, string? Fault, int? Pid, double? UptimeSeconds);

/// <summary><c>status</c>: every process and every service's lag. Exit code 0 when all is ready, 1 when something is not or nothing runs.</summary>
internal static class StatusCommand
{
    public static Command Create(CliContext context, HttpClient http)
    {
        var json = new Option<bool>("--json") { Description = "As JSON." };
        var command = new Command("status", "Every process, its address, whether it is ready; the lag of every service.") { json };
        command.SetAction((parsed, cancellationToken) => RunAsync(context, http, parsed.GetValue(json), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, HttpClient http, bool json, CancellationToken cancellationToken)
    {
        var state = new RunStateStore(context.Repository).Read();
        var readiness = new Readiness(http, context.Time);
        var processes = new List<ProcessStatus>();
        foreach (var process in state?.Processes ?? [])
        {
            var running = process.Identity.IsRunning;
            var fault = !running ? "has ended" : process.Ready is null ? null : await readiness.AskAsync(process.Ready, cancellationToken);
            processes.Add(new ProcessStatus(
                process.Name, process.Address, running, fault is null, fault, running ? process.Pid : null, running ? process.Identity.Uptime.TotalSeconds : null));
        }

        var positions = state is null ? null : await Positions.ReadAsync(http, state.CdcSyncUrl, cancellationToken);
        if (json)
        {
            WriteJson(context.Output, state, processes, positions);
        }
        else
        {
            WriteText(context, state, processes, positions);
        }

        return processes.Count > 0 && processes.TrueForAll(process => process.Ready) ? ExitCode.Done : ExitCode.Fault;
    }

    private static void WriteText(CliContext context, RunState? state, List<ProcessStatus> processes, IReadOnlyList<ServicePosition>? positions)
    {
        if (state is null)
        {
            context.Console.WriteLine("Nothing is running. Start it: ./strangler up");
            return;
        }

        var table = Tables.Create("process", "address", "ready", "pid", "uptime");
        foreach (var process in processes)
        {
            var ready = process.Ready ? "[green]yes[/]" : $"[red]no[/] ({Markup.Escape(process.Fault!)})";
            table.AddRow(
                Markup.Escape(process.Name), Markup.Escape(process.Address), ready,
                process.Pid?.ToString(CultureInfo.InvariantCulture) ?? "-", process.UptimeSeconds is { } seconds ? Duration(seconds) : "-");
        }

        context.Console.Write(table);
        if (positions is null)
        {
            context.Console.WriteLine("cdc-sync does not tell its positions.");
            return;
        }

        var lag = Tables.Create("service", "state", "lag", "behind by", "tables");
        foreach (var service in positions)
        {
            lag.AddRow(
                Markup.Escape(service.Service),
                Markup.Escape(service.Reason is null ? service.State : $"{service.State}: {service.Reason}"),
                service.Milliseconds is { } milliseconds ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.#} ms") : "unknown",
                string.Create(CultureInfo.InvariantCulture, $"{service.Bytes ?? 0} bytes, {service.Transactions ?? 0} transactions"),
                string.Create(CultureInfo.InvariantCulture, $"{service.TablesDone} of {service.Tables}"));
        }

        context.Console.Write(lag);
        foreach (var (service, loss) in positions.SelectMany(service => service.Losses.Select(loss => (service.Service, loss))))
        {
            context.Console.MarkupLine($"[yellow]lost on the way to {Markup.Escape(service)}:[/] {Markup.Escape(loss)}");
        }
    }

    private static void WriteJson(TextWriter output, RunState? state, List<ProcessStatus> processes, IReadOnlyList<ServicePosition>? positions)
    {
        var report = new StatusReport(
            state is not null, state?.StorefrontUrl, state?.ControlUrl, state?.Magento, state?.Demo, state?.StartedAt, processes,
            positions?.Select(service => new ServiceStatus(service.Service, service.State, service.Reason, new LagStatus(service.Milliseconds, service.Bytes, service.Transactions), service.Losses)).ToList());
        output.WriteLine(JsonSerializer.Serialize(report, StatusJson.Default.StatusReport));
    }

    private static string Duration(double seconds) => TimeSpan.FromSeconds(seconds) switch
    {
        { TotalHours: >= 24 } time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalDays:0.0} d"),
        { TotalMinutes: >= 60 } time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalHours:0.0} h"),
        { TotalSeconds: >= 60 } time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min"),
        var time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
    };
}
