using System.Globalization;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.WriteSwitch;

/// <summary>
/// The steps of one switch, in the order that loses nothing: freeze, confirm that every replica has frozen, only then read the position, drain to it,
/// compare, move the record. Everything before the move can be undone by opening the gates again.
/// </summary>
internal sealed class SwitchRun(
    SwitchStore store, SwitchChecks checks, ReplicaStore replicas, CdcSyncClient cdcSync, WayBackClient wayBack, RoutingStore routing,
    StageFollower follower, IOptions<WriteSwitchOptions> options, IOptions<ReplicaOptions> replicaOptions, TimeProvider time)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(20);

    // Of the longest wait of a request: what is left is for the end of the freeze to reach every replica.
    private const double FreezeShare = 0.7;
    private const int PreparationRounds = 3;

    /// <summary>Runs from the beginning to an end.</summary>
    /// <param name="view">The switch.</param>
    /// <param name="stop">Somebody wants it cancelled, or this replica is stopping.</param>
    public async Task RunAsync(SwitchView view, CancellationToken stop)
    {
        var armed = false;
        var waitsFor = "";
        try
        {
            var route = RouteOf(view);
            if (!await CheckAsync(view, route, stop))
            {
                return;
            }

            var verified = await PrepareAsync(view, route, stop);
            if (view.DryRun)
            {
                await store.EndAsync(view, SwitchOutcome.WouldSwitch, $"{Plan(view, route)} {verified}", CancellationToken.None);
                return;
            }

            var writes = route.Slice.Config.Writes!;
            using var limit = Limit(TimeSpan.FromSeconds(writes.CancelSeconds), stop);
            armed = true;
            await store.SetGateAsync(view, SwitchStep.Arming, WriteGateState.Armed, "every replica is told of the freeze that comes", limit.Token);
            await AllAsync(view, WriteGateState.Armed, missing => waitsFor = missing, limit.Token);

            using var freeze = Limit(TimeSpan.FromSeconds(writes.MaxHeldSeconds * FreezeShare), limit.Token);
            await store.SetGateAsync(view, SwitchStep.Freezing, WriteGateState.Frozen, "unsafe requests wait", freeze.Token);
            await AllAsync(view, WriteGateState.Frozen, missing => waitsFor = missing, freeze.Token);
            waitsFor = "";
            await DrainAsync(view, route, SwitchStep.Draining, TimeSpan.FromSeconds(writes.MaxHeldSeconds * FreezeShare), freeze.Token);
            await VerifyAsync(view, route, SwitchStep.Verifying, freeze.Token);
            freeze.Token.ThrowIfCancellationRequested();
            var stage = view.To == Side.Extracted ? Stage.Live : Stage.Legacy;
            var change = new StageChange(view.Slice, "switch", stage, 0, null, view.Who, view.Reason, route.Entry.Version);
            if (!await store.FlipAsync(view, change, CancellationToken.None))
            {
                throw new SwitchStoppedException("it was cancelled, or the slice was changed, in the last moment");
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            await UndoAsync(view, armed, $"it took too long{(waitsFor.Length > 0 ? $": {waitsFor}" : "")}");
            return;
        }
        catch (SwitchStoppedException fault)
        {
            await UndoAsync(view, armed, fault.Message);
            return;
        }

        await ReleaseAsync(view, stop);
    }

    /// <summary>Undoes a switch whose record has not moved.</summary>
    public async Task UndoAsync(SwitchView view, bool armed, string why)
    {
        if (armed)
        {
            await store.UndoAsync(view, SwitchOutcome.Cancelled, why, CancellationToken.None);
            await follower.RefreshAsync(CancellationToken.None);
        }
        else
        {
            await store.EndAsync(view, SwitchOutcome.Cancelled, why, CancellationToken.None);
        }
    }

    /// <summary>The record has moved: waits until every replica has let its requests go, and names those that do not say so.</summary>
    public async Task ReleaseAsync(SwitchView view, CancellationToken stop)
    {
        await follower.RefreshAsync(CancellationToken.None);
        var missing = "";
        try
        {
            using var limit = Limit(TimeSpan.FromMilliseconds(replicaOptions.Value.ConfirmMilliseconds + replicaOptions.Value.LeaseMilliseconds), stop);
            await AllAsync(view, WriteGateState.Open, text => missing = text, limit.Token);
            missing = "";
        }
        catch (Exception fault) when (fault is OperationCanceledException or SwitchStoppedException)
        {
            // It holds or refuses those requests by itself until it hears: nothing goes to the side that lost.
            missing = $"; {missing}: they hold or refuse unsafe requests until they have heard";
        }

        await store.EndAsync(view, SwitchOutcome.Switched, $"{SwitchStore.Name(view.To)} owns the data{missing}", CancellationToken.None);
    }

    private SliceRoute RouteOf(SwitchView view) => routing.Current.Find(view.Slice) is { } route && route.Slice.Config.Writes is not null
        ? route
        : throw new SwitchStoppedException($"{view.Slice} is not declared here as a slice that writes");

    private async Task<bool> CheckAsync(SwitchView view, SliceRoute route, CancellationToken cancellationToken)
    {
        var found = await checks.RunAsync(view, route, routing.Current.KillSwitch, cancellationToken);
        foreach (var check in found)
        {
            await store.NoteAsync(view, SwitchStep.Checking, check.Text, check.Ok, cancellationToken);
        }

        var faults = found.Where(check => !check.Ok).Select(check => check.Text).ToList();
        if (faults.Count > 0)
        {
            await store.EndAsync(view, SwitchOutcome.Refused, string.Join("; ", faults), CancellationToken.None);
        }

        return faults.Count == 0;
    }

    /// <summary>Brings the data together and compares them before anybody has to wait; tells how long that takes.</summary>
    private async Task<string> PrepareAsync(SwitchView view, SliceRoute route, CancellationToken cancellationToken)
    {
        using var limit = Limit(TimeSpan.FromSeconds(options.Value.MaximumPreparationSeconds), cancellationToken);
        var budget = TimeSpan.FromSeconds(route.Slice.Config.Writes!.MaxHeldSeconds * FreezeShare);
        var drained = await DrainAsync(view, route, SwitchStep.Preparing, budget, limit.Token);
        TimeSpan verified;
        for (var round = 1; ; round++)
        {
            try
            {
                verified = await VerifyAsync(view, route, SwitchStep.Preparing, limit.Token);
                break;
            }
            catch (SidesDifferException fault) when (view.To == Side.Magento && round < PreparationRounds)
            {
                // What the service takes meanwhile is not in Magento yet, and differs until it is carried. In the freeze nothing comes any more, and one comparison decides.
                await store.NoteAsync(view, SwitchStep.Preparing, $"{fault.Message}; the service goes on taking changes, so they are carried and compared again", true, limit.Token);
                drained = await DrainAsync(view, route, SwitchStep.Preparing, budget, limit.Token);
            }
        }

        return verified + drained < budget
            ? $"Draining took {Text(drained)}, comparing {Text(verified)}; the freeze may last {Text(budget)}."
            : throw new SwitchStoppedException(
                $"draining took {Text(drained)} and comparing {Text(verified)}, but the freeze may only last {Text(budget)}: raise writes.maxHeldSeconds, or choose a quieter hour");
    }

    /// <summary>Brings what the losing side has committed to the winning one: on the way back first the service's changes to Magento, from where they come around to its mirror.</summary>
    private async Task<TimeSpan> DrainAsync(SwitchView view, SliceRoute route, SwitchStep step, TimeSpan budget, CancellationToken cancellationToken)
    {
        var (service, tables) = (route.Slice.Config.Service, route.Slice.Config.Writes!.Tables);
        var started = time.GetTimestamp();
        if (view.To == Side.Magento)
        {
            var carried = await wayBack.DrainAsync(service, tables, budget, cancellationToken);
            await store.NoteAsync(view, step, $"what the service has committed is in Magento after {Text(time.GetElapsedTime(started))}{(carried.Carried is { } count ? $", {count} changes" : "")}", true, cancellationToken);
        }

        // The source is asked for its position by cdc-sync, now: in the freeze, later than the last request, since none is under way.
        var position = await cdcSync.DrainAsync(service, tables, budget, cancellationToken);
        var elapsed = time.GetElapsedTime(started);
        await store.NoteAsync(view, step, $"drained to {position} after {Text(elapsed)}", true, cancellationToken);
        return elapsed;
    }

    private async Task<TimeSpan> VerifyAsync(SwitchView view, SliceRoute route, SwitchStep step, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var run = await cdcSync.VerifyAsync(route.Slice.Config.Service, route.Slice.Config.Writes!.Tables, cancellationToken);
        var elapsed = time.GetElapsedTime(started);
        await store.NoteAsync(view, step, $"both sides are equal: comparison {run.Id}, {Text(elapsed)}", true, cancellationToken);
        return elapsed;
    }

    /// <summary>Waits for the word of every replica. One whose lease is over is named and ends the waiting.</summary>
    private async Task AllAsync(SwitchView view, WriteGateState gate, Action<string> tell, CancellationToken cancellationToken)
    {
        await follower.RefreshAsync(cancellationToken);
        var version = follower.Current.Version;
        while (true)
        {
            var (_, all) = await replicas.ReadAsync(cancellationToken);
            var said = (await store.ReadReplicasAsync(view.Id, cancellationToken)).ToDictionary(replica => replica.Replica, StringComparer.Ordinal);
            // One that is fenced for good refuses by itself; it has to hear of the record before it takes anything again. Before the record moves, what such a one had
            // under way must have ended too.
            var missing = all.Where(replica => replica.State != ReplicaState.Fenced
                && !(gate == WriteGateState.Open ? replica.Version >= version || replica.State == ReplicaState.Ending : Has(said, replica.Id, gate))).ToList();
            if (missing.Count == 0)
            {
                return;
            }

            tell($"waiting for {string.Join(", ", missing.Select(replica => Describe(replica, said, gate)))}");
            if (missing.Find(replica => replica.State == ReplicaState.Lost) is { } lost)
            {
                var knows = said.ContainsKey(lost.Id) ? "; it knew of the freeze and is fenced: it refuses unsafe requests by itself" : "";
                throw new SwitchStoppedException($"replica {lost.Id} has not confirmed '{WriteStates.Word(gate)}' and was last heard {lost.SilentMilliseconds / 1000:0.0} s ago{knows}");
            }

            await Task.Delay(Pace, time, cancellationToken);
        }
    }

    private static bool Has(Dictionary<string, SwitchReplicaView> said, string replica, WriteGateState gate) =>
        said.TryGetValue(replica, out var word) && word.Gate == gate && (gate != WriteGateState.Frozen || word.InFlight == 0);

    private static string Describe(ReplicaView replica, Dictionary<string, SwitchReplicaView> said, WriteGateState gate) =>
        said.TryGetValue(replica.Id, out var word) && word.Gate == gate
            ? $"{replica.Id} ({word.InFlight} requests under way)"
            : $"{replica.Id} (last heard {replica.SilentMilliseconds:0} ms ago)";

    private static string Plan(SwitchView view, SliceRoute route) => string.Create(CultureInfo.InvariantCulture,
        $"Nothing was changed. It would hold the unsafe requests of {view.Slice} at every replica (at most {route.Slice.Config.Writes!.MaxHeld} for {route.Slice.Config.Writes.MaxHeldSeconds} s each), wait until none is under way, drain {(view.To == Side.Magento ? "the service's changes to Magento and " : "")}Magento's to the service, compare {route.Slice.Config.Writes.Tables.Count} tables, make {SwitchStore.Name(view.To)} the owner and let the requests go there.");

    private Linked Limit(TimeSpan limit, CancellationToken outer) => new Linked(limit, time, outer);

    private static string Text(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0} ms");

    // A source that ends by the clock given and with the outer one; CreateLinkedTokenSource has no clock of its own.
    private sealed class Linked : CancellationTokenSource
    {
        private readonly CancellationTokenRegistration _outer;

        public Linked(TimeSpan limit, TimeProvider time, CancellationToken outer)
            : base(limit, time) => _outer = outer.UnsafeRegister(static state => ((Linked)state!).Cancel(), this);

        protected override void Dispose(bool disposing)
        {
            _outer.Dispose();
            base.Dispose(disposing);
        }
    }
}
