using Strangler.Chaos.Tests.Load;

namespace Strangler.Chaos.Tests.Faults;

/// <summary>Everything that the system has to stand.</summary>
internal static class AllFaults
{
    public static IReadOnlyList<Fault> List { get; } =
    [
        Killed("service killed", StackHost.Catalog),
        Paused("service hung", StackHost.Catalog),
        Slow("service slow", StackHost.Catalog, TimeSpan.FromMilliseconds(700)),
        new("service lies", (world, _) => world.Liar.BeginAsync(world), (world, _) => LyingService.EndAsync(world)) { Touches = StackHost.Catalog },
        Killed("cdc-sync killed", StackHost.CdcSync),
        Paused("cdc-sync hung", StackHost.CdcSync),
        Slow("cdc-sync lags", "source", TimeSpan.FromMilliseconds(400)),
        Down("cdc-sync out of reach", StackHost.CdcSync),
        Down("service's database gone", "service-database"),
        Down("control database gone", "control"),
        Slow("control database slow", "control", TimeSpan.FromSeconds(2)),
        Killed("Magento killed", StackHost.Demo) with { Impairs = Impairment.Magento },
        Slow("Magento slow", StackHost.Demo, TimeSpan.FromMilliseconds(500)),
        Redis("Redis killed", (redis, _) => redis.StopAsync(), (redis, token) => redis.StartProcessAsync(token)),
        Redis("Redis hung", (redis, token) => redis.PauseAsync(token), (redis, token) => redis.ContinueAsync(token)),
        Killed("replica killed", "proxy-2") with { Impairs = Impairment.Replica },
        ClockJumps("clock jumps ahead", TimeSpan.FromHours(3)),
        ClockJumps("clock jumps back", TimeSpan.FromHours(-3)),
        new("disk full", (world, token) => world.Disk.FillAsync(token), (world, _) =>
        {
            world.Disk.Free();
            return Task.CompletedTask;
        }) { Missing = world => world.Disk.IsMounted ? null : "this user may not mount a file system" },
    ];

    private static Fault Killed(string name, string process) => new(
        name, (world, _) => world.Stack.KillAsync(process), (world, token) => world.Stack.StartAsync(process, token))
    { Touches = process };

    private static Fault Paused(string name, string process) => new(
        name, (world, token) => world.Stack.PauseAsync(process, token), (world, token) => world.Stack.ContinueAsync(process, token))
    { Touches = process };

    private static Fault Slow(string name, string relay, TimeSpan delay) => new(
        name, (world, _) => SetDelay(world, relay, delay), (world, _) => SetDelay(world, relay, null))
    { Touches = relay };

    private static Fault Down(string name, string relay) => new(
        name, (world, _) => SetDown(world, relay, true), (world, _) => SetDown(world, relay, false))
    { Touches = relay };

    private static Fault Redis(string name, Func<RedisServer, CancellationToken, Task> inject, Func<RedisServer, CancellationToken, Task> heal) => new(
        name, (world, token) => inject(world.Redis!, token), (world, token) => heal(world.Redis!, token))
    {
        Missing = world => world.Redis is null ? RedisServer.HowToInstall : null,
        Touches = "redis",
    };

    private static Task SetDelay(ChaosWorld world, string relay, TimeSpan? delay)
    {
        world.Stack.Relays[relay].Delay = delay;
        return Task.CompletedTask;
    }

    private static Task SetDown(ChaosWorld world, string relay, bool isDown)
    {
        world.Stack.Relays[relay].IsDown = isDown;
        return Task.CompletedTask;
    }

    // A movable clock costs a process much of its speed, so the replica has one only for this.
    private static Fault ClockJumps(string name, TimeSpan offset) => new(
        name,
        (world, _) =>
        {
            world.Clock.Jump(offset);
            return Task.CompletedTask;
        },
        async (world, token) =>
        {
            world.Clock.Jump(TimeSpan.Zero);
            await RestartAsync(world, token);
        })
    {
        PrepareAsync = (world, token) => RestartAsync(world, token, world.Clock.Settings),
        Impairs = Impairment.Replica,
        Missing = NoClock,
        Touches = "proxy-2",
    };

    private static async Task RestartAsync(ChaosWorld world, CancellationToken cancellationToken, IEnumerable<KeyValuePair<string, string>>? settings = null)
    {
        await world.Stack.KillAsync("proxy-2");
        await world.Stack.StartAsync("proxy-2", cancellationToken, settings);
    }

    private static string? NoClock(ChaosWorld world) => FakeClock.IsInstalled ? null : FakeClock.HowToInstall;
}
