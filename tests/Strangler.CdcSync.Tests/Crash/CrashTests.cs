using System.Globalization;
using System.Net.Http.Json;
using MySqlConnector;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Crash;

/// <summary>
/// The process is killed before and after each of its statements in turn, its target crashes, its connections are cut, slowed and swallowed,
/// while several connections write at random. In the end both sides are the same, and no reader of the mirror ever saw half a transaction.
/// <c>STRANGLER_CRASH_ROUNDS</c> sets the number of rounds, <c>STRANGLER_CRASH_SEED</c> the seed.
/// </summary>
public sealed class CrashTests
{
    private const int Writers = 3;
    private const int TransactionsPerRound = 25;
    private const int RoundsBetweenChecks = 10;
    private const int HighestStatement = 120;

    private static readonly TimeSpan TrapLimit = TimeSpan.FromSeconds(15);

    private static int Rounds => Number("STRANGLER_CRASH_ROUNDS", 8);

    [Fact]
    public async Task Source_and_mirror_are_the_same_whatever_breaks()
    {
        var seed = Number("STRANGLER_CRASH_SEED", 1);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}, {Rounds} rounds"));
        await using var store = await MariaDbServer.StartAsync(TestContext.Current.CancellationToken);
        await using var service = await MariaDbServer.StartAsync(TestContext.Current.CancellationToken);
        await using var relay = new TcpRelay(service.Port);
        await using var sync = await TestSync.CreateAsync(store.ConnectionString, service.ConnectionString, CrashSchema.Sql + Wallets.Sql, CrashSchema.Subscription);
        using var watching = new CancellationTokenSource();
        var watcher = Wallets.WatchAsync(sync.Target, watching.Token);
        var process = new CrashProcess(sync, relay);
        try
        {
            await RunAsync(new Random(seed), seed, sync, service, relay, process);
        }
        catch (Exception fault)
        {
            throw new InvalidOperationException($"{fault.Message}\nseed {seed}; the process's last lines:\n{process.Output}", fault);
        }
        finally
        {
            await process.KillAsync();
            await watching.CancelAsync();
        }

        var (reads, torn) = await watcher;
        torn.Should().BeEmpty("a transaction is seen as a whole or not at all, in {0} reads", reads);
    }

    private static async Task RunAsync(Random random, int seed, TestSync sync, MariaDbServer service, TcpRelay relay, CrashProcess process)
    {
        var writers = Enumerable.Range(0, Writers).Select(writer => new CrashWriter(sync.Source, (seed * 100) + writer)).ToList();
        var rounds = Rounds;
        var statement = random.Next(HighestStatement);
        for (var round = 1; round <= rounds; round++)
        {
            var writing = Task.WhenAll(writers.Select(writer => writer.WriteAsync(TransactionsPerRound, TestContext.Current.CancellationToken)));
            // The gaps between statements in turn; what else can happen, at random between.
            var what = random.Next(10);
            statement = what < 7 ? (statement + 1) % HighestStatement : statement;
            Tell(round, what, statement);
            await BreakAsync(what, 1 + statement, service, relay, process, writing);
            await writing;
            if (round % RoundsBetweenChecks == 0 || round == rounds)
            {
                await process.StartAsync();
                await CheckAsync(sync, round);
                await OrderAsync(random, process);
            }
        }
    }

    private static async Task BreakAsync(int what, int statement, MariaDbServer service, TcpRelay relay, CrashProcess process, Task writing)
    {
        switch (what)
        {
            case < 7:
                await process.KillAsync();
                var reached = relay.AtPacketAsync(statement, passed: what % 2 == 0);
                await process.StartAsync();
                await Task.WhenAny(reached, Task.Delay(TrapLimit, TimeProvider.System, TestContext.Current.CancellationToken));
                await process.KillAsync();
                relay.Cut();
                relay.Release();
                break;
            case 7:
                await process.StartAsync();
                await service.CrashAndRestartAsync(TestContext.Current.CancellationToken);
                break;
            case 8:
                await process.StartAsync();
                relay.BytesPerSecond = 200_000;
                await writing;
                relay.Cut();
                relay.BytesPerSecond = null;
                break;
            default:
                await process.StartAsync();
                relay.Swallow();
                await writing;
                relay.Cut();
                relay.Resume();
                break;
        }
    }

    private static async Task CheckAsync(TestSync sync, int round)
    {
        await sync.AtSourceAsync(string.Create(CultureInfo.InvariantCulture, $"UPDATE marker SET n = {round}"));
        // The table itself may be there only later.
        await Eventually.TrueAsync(
            async () => (await TestSync.RowsAsync(sync.Target, "SELECT n FROM marker")).SequenceEqual([round.ToString(CultureInfo.InvariantCulture)])
                && await TestSync.RowsAsync(sync.Target, "SELECT state FROM cdc_checkpoint") is ["streaming"]
                && await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*) FROM cdc_reread") is ["0"],
            string.Create(CultureInfo.InvariantCulture, $"everything is applied after round {round}"), TestContext.Current.CancellationToken, TimeSpan.FromMinutes(3));
        foreach (var table in CrashSchema.Tables)
        {
            await sync.ShouldMirrorAsync(table);
        }
    }

    // So that copies are broken off too, not only the stream.
    private static async Task OrderAsync(Random random, CrashProcess process)
    {
        string[]? tables = random.Next(3) switch { 0 => null, 1 => ["child", "grandchild"], _ => ["tree", "big", "shape"] };
        (await process.Client.PostAsJsonAsync("/resync", new { service = "catalog", tables }, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
    }

    private static void Tell(int round, int what, int statement) => TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"round {round}: {(what < 7 ? $"kill {(what % 2 == 0 ? "after" : "before")} statement {1 + statement}" : what == 7 ? "target crashes" : what == 8 ? "slow, then cut" : "swallowed, then cut")}"));

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}

/// <summary>cdc-sync as a process of its own, whose target lies behind a relay.</summary>
internal sealed class CrashProcess(TestSync sync, TcpRelay relay)
{
    private readonly string _address = $"http://127.0.0.1:{FreePort.Next()}";
    private ChildProcess? _process;
    private string _before = "";

    public HttpClient Client => field ??= new HttpClient { BaseAddress = new Uri(_address) };

    public string Output => _before + "\n" + _process?.Output;

    /// <summary>Starts it, unless it runs.</summary>
    public async Task StartAsync()
    {
        if (_process is { HasExited: false })
        {
            return;
        }

        await KillAsync();
        _process = ChildProcess.Start("Strangler.CdcSync", new Dictionary<string, string>
        {
            ["Urls"] = _address,
            ["ConnectionStrings__Source"] = sync.Source,
            ["Cdc__SourceDatabase"] = sync.SourceDatabase,
            ["Cdc__Targets__0__Subscription"] = sync.SubscriptionFile,
            ["Cdc__Targets__0__ConnectionString"] = new MySqlConnectionStringBuilder(sync.Target) { Port = (uint)relay.Port }.ConnectionString,
            // Many places to be interrupted at.
            ["Cdc__ChunkRows"] = "200",
            ["Cdc__BatchRows"] = "300",
        });
    }

    public async Task KillAsync()
    {
        if (_process is not null)
        {
            _before = _process.Output;
            await _process.DisposeAsync();
            _process = null;
        }
    }
}
