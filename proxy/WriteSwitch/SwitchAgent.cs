using System.Collections.Concurrent;
using MySqlConnector;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.WriteSwitch;

/// <summary>Says for this replica, in each switch, how its gate stands: armed, frozen and empty, open again. Never on the request path.</summary>
internal sealed class SwitchAgent(WriteGates gates, RoutingStore routing, StageFollower stages, SwitchStore store, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);
    private readonly ConcurrentDictionary<(string Slice, WriteScope Scope), (long Switch, string Said)> _said = new();
    private readonly SemaphoreSlim _wake = new(0, 1);

    public override void Dispose()
    {
        gates.Changed -= Wake;
        _wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        gates.Changed += Wake;
        var wake = _wake.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            var again = false;
            try
            {
                again = await SayAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is MySqlException or TimeoutException)
            {
                // Whoever waits for our word names us when it does not come; the follower says what is wrong with the database.
                again = true;
            }

            // While a switch is under way its count of requests is told as it falls; else only when something changes.
            await (again ? Task.WhenAny(wake, Task.Delay(Pace, time, stoppingToken)) : wake);
            if (wake.IsCompleted)
            {
                wake = _wake.WaitAsync(stoppingToken);
            }
        }
    }

    /// <summary>True while there is more to say soon.</summary>
    private async Task<bool> SayAsync(CancellationToken cancellationToken)
    {
        var again = false;
        foreach (var route in routing.Current.Routes.Where(route => route.Slice.Config.Writes is not null))
        {
            again |= await SayAsync(route.Slice.Id, WriteScope.Storefront, route.Entry.Writes, cancellationToken);
            again |= await SayAsync(route.Slice.Id, WriteScope.Rehearsal, route.Entry.Rehearsal, cancellationToken);
        }

        return again;
    }

    private async Task<bool> SayAsync(string slice, WriteScope scope, WriteState state, CancellationToken cancellationToken)
    {
        var key = (slice, scope);
        var before = _said.TryGetValue(key, out var said) ? said : default;
        if (state.SwitchId is null && before.Switch == 0)
        {
            return false;
        }

        var version = stages.Current.Version;
        var counts = gates.Of(slice, scope).Counts;
        var text = $"{counts.State} {counts.InFlight} {counts.Held} {counts.Refused} {version}";
        var id = state.SwitchId ?? before.Switch;
        // The gate may have been set by a newer snapshot than the one looked at: then this is called again.
        if (counts.State == state.Gate && (before.Switch != id || before.Said != text))
        {
            await store.ConfirmAsync(id, stages.ReplicaId, counts, state.Gate, version, cancellationToken);
            _said[key] = (id, text);
        }

        if (state.SwitchId is null && counts.Waiting == 0)
        {
            _said.TryRemove(key, out _);
            return false;
        }

        return true;
    }

    private void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Awake already.
        }
    }
}
