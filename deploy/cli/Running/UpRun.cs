using Spectre.Console;
using Strangler.Cli.Building;
using Strangler.Cli.CommandLine;
using Strangler.Cli.Databases;
using Strangler.Cli.Doctor;
using Strangler.Cli.Packages;
using Strangler.Cli.Processes;

namespace Strangler.Cli.Running;

/// <summary><c>up</c>: everything from nothing to a storefront that answers; undone again when a step fails.</summary>
internal sealed class UpRun(CliContext context, UpSettings settings, HttpClient http)
{
    private readonly RunStateStore _store = new(context.Repository);
    private readonly List<RunningProcess> _started = [];

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using (_store.Lock())
        {
            EnsureNothingRuns();
            settings.Ports.EnsureFree(settings.Demo);
            if (!settings.Demo)
            {
                await ExamineAsync(cancellationToken);
            }

            await new SystemPackages(context).EnsureAsync([Requirement.MariaDb], cancellationToken);
            if (settings.Build)
            {
                await BuildAsync(cancellationToken);
                // A build takes long enough for somebody else to take one.
                settings.Ports.EnsureFree(settings.Demo);
            }

            try
            {
                await StartAsync(cancellationToken);
            }
            catch (Exception fault)
            {
                await new Shutdown(context, _store).StopAsync(_started);
                if (fault is OperationCanceledException)
                {
                    return ExitCode.Interrupted;
                }

                throw;
            }
        }

        return settings.Follow ? await FollowAsync(cancellationToken) : ExitCode.Done;
    }

    private void EnsureNothingRuns()
    {
        if (_store.Read() is not { } state)
        {
            return;
        }

        if (state.Processes.Where(process => process.Identity.IsRunning).ToList() is { Count: > 0 } alive)
        {
            var dead = state.Processes.Count - alive.Count;
            throw new CliFault(
                $"Already running since {state.StartedAt.ToLocalTime():HH:mm}: storefront {state.StorefrontUrl}, dashboard {state.ControlUrl}"
                + (dead > 0 ? $" ({dead} of {state.Processes.Count} processes have ended)" : "")
                + "\nSee ./strangler status; end it by ./strangler down.");
        }

        _store.Clear();
    }

    // Before anything is started: what is not fit now would show as a riddle later.
    private async Task ExamineAsync(CancellationToken cancellationToken)
    {
        context.Progress.Line("doctor looks at the store and its database");
        var report = await new DoctorRun(context, new DoctorSettings(settings.Store, settings.Token, settings.Mysql, null, null))
            .RunAsync(check => DoctorCommand.Write(context, check), cancellationToken);
        if (!report.Fit && !settings.Force)
        {
            throw new CliFault($"{report.Failed} {(report.Failed == 1 ? "check fails" : "checks fail")}; nothing was started. Mend it as it says above, or start all the same by --force.");
        }
    }

    private Task BuildAsync(CancellationToken cancellationToken) => new SolutionBuild(context).BuildAsync(
        "build the processes (Release)",
        "up",
        ["proxy/Strangler.Proxy.csproj", "cdc-sync/Strangler.CdcSync.csproj", "extracted-services/Catalog/Strangler.Catalog.csproj", "demo/Strangler.Demo.csproj"],
        cancellationToken);

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        var secrets = RunSecrets.ReadOrCreate(context.Repository);
        var database = new PrivateMariaDb(context.Repository, settings.Ports.Database, secrets.DatabaseRootPassword);
        await StartDatabaseAsync(database, secrets, cancellationToken);
        var demo = new DemoStore(context, database);
        if (settings.Demo)
        {
            await demo.EnsureLoadedAsync(settings.Products, new Uri($"http://127.0.0.1:{settings.Ports.Storefront}/"), cancellationToken);
        }

        foreach (var process in ProcessPlan.For(settings, context.Repository, database, secrets))
        {
            Start(process);
        }

        await context.Progress.StepAsync("wait until every process is ready", report => new Readiness(http, context.Time)
            .WaitAsync(_started, $"http://127.0.0.1:{settings.Ports.CdcSync}/", report, cancellationToken));
        PrintAddresses(settings.Demo ? await demo.ReadSampleAsync(cancellationToken) : null, secrets);
    }

    private Task StartDatabaseAsync(PrivateMariaDb database, RunSecrets secrets, CancellationToken cancellationToken) =>
        context.Progress.StepAsync("start the private MariaDB", async report =>
        {
            await database.InstallAsync(report, cancellationToken);
            var identity = database.Start(InitialSql.For(secrets.DatabaseRootPassword, settings.Demo), Marked());
            Add(new RunningProcess(PrivateMariaDb.Name, $"127.0.0.1:{settings.Ports.Database}", null, identity.Pid, identity.StartTicks, database.Log));
            while (!await database.AnswersAsync(cancellationToken))
            {
                if (!identity.IsRunning)
                {
                    throw new CliFault($"MariaDB ended while it started. The end of {database.Log}:\n{BackgroundProcess.Tail(database.Log, 25)}");
                }

                await Task.Delay(TimeSpan.FromMilliseconds(100), context.Time, cancellationToken);
            }
        });

    private void Start(PlannedProcess process)
    {
        var assembly = context.Repository.BuiltAssembly(process.Project);
        if (!File.Exists(assembly))
        {
            throw new CliFault($"{assembly} is not there; run ./strangler up without --no-build.");
        }

        var log = Path.Combine(context.Repository.RunFolder, "logs", $"{process.Name}.log");
        var environment = Marked();
        foreach (var (name, value) in process.Settings)
        {
            environment[name] = value;
        }

        var identity = BackgroundProcess.Start(process.Name, [SolutionBuild.Dotnet, assembly], log, Path.GetDirectoryName(assembly)!, environment);
        Add(new RunningProcess(process.Name, process.Address, process.Ready, identity.Pid, identity.StartTicks, log));
    }

    // Written after each start, so that whatever happens to us, down and status know what runs.
    private void Add(RunningProcess process)
    {
        _started.Add(process);
        var magento = settings.Store?.AbsoluteUri ?? $"http://127.0.0.1:{settings.Ports.Store}/";
        _store.Write(new RunState(context.Time.GetUtcNow(), settings.Ports, magento, settings.Demo, [.. _started]));
    }

    private Dictionary<string, string> Marked() => new() { [MarkedProcesses.Variable] = _store.Mark };

    private async Task<int> FollowAsync(CancellationToken cancellationToken)
    {
        context.Progress.Line("Following the logs; Ctrl-C stops everything.");
        var follower = new LogFollower(context, [.. _started.Where(process => process.Ready is not null).Select(process => (process.Name, process.Log))], prefix: true);
        follower.SkipToEnd();
        var ended = new HashSet<string>();
        try
        {
            await follower.FollowAsync(() => ReportEnded(ended), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            context.Progress.Line("");
        }

        if (_store.TryRead() is not { Stopping: false })
        {
            context.Progress.Line("Stopped by ./strangler down.");
            return ExitCode.Done;
        }

        using (_store.Lock())
        {
            await new Shutdown(context, _store).StopAsync(_started);
        }

        return cancellationToken.IsCancellationRequested ? ExitCode.Done : ExitCode.Fault;
    }

    // One process that ends is no reason to end the others: that the storefront goes on is what they are for.
    private bool ReportEnded(HashSet<string> ended)
    {
        if (_store.TryRead() is not { Stopping: false })
        {
            return false;
        }

        foreach (var process in _started.Where(process => !process.Identity.IsRunning && ended.Add(process.Name)))
        {
            context.Progress.Warn($"{process.Name} has ended. The end of {process.Log}:\n{BackgroundProcess.Tail(process.Log, 15)}");
        }

        return ended.Count < _started.Count;
    }

    private void PrintAddresses((string Token, string Sku)? sample, RunSecrets secrets)
    {
        var ports = settings.Ports;
        Print("storefront", $"http://127.0.0.1:{ports.Storefront}/");
        Print("dashboard", $"http://127.0.0.1:{ports.Control}/");
        if (sample is var (token, sku))
        {
            Print("demo admin", $"http://127.0.0.1:{ports.Storefront}/admin  ({DemoStore.AdminName} / {DemoStore.AdminPassword})");
            Print("API token", token);
            Print("try", $"curl -H 'Authorization: Bearer {token}' http://127.0.0.1:{ports.Storefront}/rest/default/V1/products/{Uri.EscapeDataString(sku)}");
        }

        if (!settings.Demo)
        {
            Print("Magento", settings.Store!.AbsoluteUri);
            Print("control key", secrets.ControlKey);
        }

        Print("logs", Path.Combine(context.Repository.RunFolder, "logs"));

        void Print(string what, string value) => context.WriteLine($"[bold]{what,-12}[/] ", value);
    }
}
