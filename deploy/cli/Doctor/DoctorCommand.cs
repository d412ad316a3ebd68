using System.CommandLine;
using System.Text.Json;
using Strangler.Cli.CommandLine;
using Strangler.Cli.Databases;
using Strangler.Cli.Running;

namespace Strangler.Cli.Doctor;

/// <summary><c>doctor</c>: exit code 0 when nothing fails, 1 otherwise.</summary>
internal static class DoctorCommand
{
    public static Command Create(CliContext context)
    {
        var store = new Option<Uri?>("--store") { Description = "The store's address.", HelpName = "URL", CustomParser = UpCommand.ParseStore };
        var token = new Option<string?>("--token") { Description = "An integration's token, to ask for the modules (STRANGLER_MAGENTO_TOKEN).", HelpName = "TOKEN" };
        var mysql = new Option<string?>("--mysql") { Description = "Magento's database: mysql://user:password@host:3306/magento.", HelpName = "DSN" };
        var kafka = new Option<string?>("--kafka") { Description = "Kafka's brokers, where changes come by Debezium: host:9092.", HelpName = "BOOTSTRAP" };
        var prefix = new Option<string?>("--topic-prefix") { Description = "The connector's topic.prefix.", HelpName = "PREFIX" };
        var json = new Option<bool>("--json") { Description = "As JSON." };
        var command = new Command("doctor", "Is a Magento fit to be moved: store, database, grants, binary log, tables, clocks, Kafka.") { store, token, mysql, kafka, prefix, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = new DoctorSettings(
                parsed.GetValue(store),
                parsed.GetValue(token) ?? context.Environment("STRANGLER_MAGENTO_TOKEN"),
                parsed.GetValue(mysql) is { } dsn ? Dsn.Parse(dsn) : null,
                parsed.GetValue(kafka),
                parsed.GetValue(prefix));
            settings = settings is { Store: null, Mysql: null, Kafka: null } ? OfThisClone(context, settings) : settings;
            var asJson = parsed.GetValue(json);
            var report = await new DoctorRun(context, settings).RunAsync(check => Write(context, check, asJson), cancellationToken);
            await context.Output.WriteLineAsync(asJson
                ? JsonSerializer.Serialize(report, DoctorJson.Default.DoctorReport)
                : $"{report.Passed} pass, {report.Warned} warn, {report.Failed} fail");
            return report.Fit ? ExitCode.Done : ExitCode.Fault;
        });
        return command;
    }

    /// <summary>One line a check, and the command that mends it.</summary>
    internal static void Write(CliContext context, Check check, bool silent = false)
    {
        if (silent)
        {
            return;
        }

        var (colour, word) = check.Outcome switch { Outcome.Pass => ("green", "pass"), Outcome.Warn => ("yellow", "warn"), _ => ("red", "FAIL") };
        var fix = check.Fix is null ? "" : $"  mend: {check.Fix}";
        context.WriteLine($"[{colour}]{word}[/]  ", $"{check.Name,-28} {check.Finding}{fix}");
    }

    // Nothing named: what up has started, so that a first look needs no words.
    private static DoctorSettings OfThisClone(CliContext context, DoctorSettings settings)
    {
        var state = new RunStateStore(context.Repository).TryRead();
        return state is { Demo: true }
            ? settings with { Store = new Uri(state.Magento), Mysql = Dsn.Parse($"mysql://cdc:cdc@127.0.0.1:{state.Ports.Database}/magento") }
            : throw new CliFault("Say what to look at: ./strangler doctor --store URL --mysql mysql://user:password@host:3306/magento [--kafka host:9092]");
    }
}
