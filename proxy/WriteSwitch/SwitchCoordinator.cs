using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Telemetry;

namespace Strangler.Proxy.WriteSwitch;

/// <summary>
/// Runs the switches begun at this replica, and ends those whose coordinator is not heard any more: undone when the record has not moved, finished when
/// it has. A coordinator that cannot renew its lease in time stops by itself; its epoch keeps it from changing anything after.
/// </summary>
internal sealed partial class SwitchCoordinator(
    SwitchStore store, SwitchRun run, StageFollower follower, IOptions<WriteSwitchOptions> options, TimeProvider time, ILogger<SwitchCoordinator> logger)
    : BackgroundService
{
    private readonly ConcurrentDictionary<long, Task> _running = new();
    private readonly CancellationTokenSource _stopping = new();

    private int Lease => options.Value.CoordinatorLeaseMilliseconds;

    /// <summary>Begins a switch, which goes on after this returns. Not begun: another one of that slice is under way.</summary>
    public async Task<(SwitchView Switch, bool Begun)> BeginAsync(SwitchOrder order, CancellationToken cancellationToken)
    {
        var (view, begun) = await store.BeginAsync(order, follower.ReplicaId, Lease, cancellationToken);
        if (begun)
        {
            Log.Begun(logger, view.Id, view.Slice, SwitchStore.Name(view.To), view.DryRun, view.Scope);
            _running[view.Id] = Task.Run(() => CoordinateAsync(view, cancel => run.RunAsync(view, cancel)), CancellationToken.None);
        }

        return (view, begun);
    }

    /// <summary>Waits until a switch that was begun here has ended.</summary>
    public Task EndOfAsync(long id) => _running.TryGetValue(id, out var task) ? task : Task.CompletedTask;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running.Values).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _stopping.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Math.Max(100, Lease / 4)), time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                if (follower.Unreachable is null && await store.TakeOverAsync(follower.ReplicaId, Lease, stoppingToken) is { } view)
                {
                    Log.TakenOver(logger, view.Id, view.Slice, view.Coordinator, view.Step);
                    await CoordinateAsync(view, cancel => EndOrphanAsync(view, cancel));
                }
            }
            catch (Exception fault) when (fault is MySqlException or TimeoutException or InvalidOperationException)
            {
                // Another look comes with the next tick; the follower says what is wrong with the database.
            }
        }
    }

    private Task EndOrphanAsync(SwitchView view, CancellationToken cancel) => view.Step == SwitchStep.Releasing
        ? run.ReleaseAsync(view, cancel)
        : run.UndoAsync(view, view.Step is not (SwitchStep.Checking or SwitchStep.Preparing), $"its coordinator {view.Coordinator} was not heard any more in step '{view.Step}'; undone by {follower.ReplicaId}");

    private async Task CoordinateAsync(SwitchView view, Func<CancellationToken, Task> work)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        using var over = new CancellationTokenSource();
        var renewing = RenewAsync(view, cancel, over.Token);
        try
        {
            try
            {
                await work(cancel.Token);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                await over.CancelAsync();
                await run.UndoAsync(view, armed: true, await renewing ?? $"{follower.ReplicaId}, which ran it, was stopped");
            }

            await SayEndAsync(view);
        }
        catch (SwitchLostException)
        {
            Log.Lost(logger, view.Id, view.Slice);
        }
        catch (Exception fault)
        {
            // Whoever takes it over when our lease has ended undoes it.
            Log.Faulted(logger, view.Id, view.Slice, fault);
        }
        finally
        {
            await over.CancelAsync();
            await ((Task)renewing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _running.TryRemove(view.Id, out _);
        }
    }

    /// <summary>Renews until the work is over. Returns why it was cancelled, if somebody wished so.</summary>
    private async Task<string?> RenewAsync(SwitchView view, CancellationTokenSource cancel, CancellationToken over)
    {
        string? why = null;
        var renewedAt = time.GetTimestamp();
        while (!over.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Lease / 10.0), time, over);
                var now = time.GetTimestamp();
                var wish = await store.RenewAsync(view, Lease, over);
                renewedAt = now;
                if (wish is { } by && why is null)
                {
                    why = $"cancelled by {by.Who}: {by.Reason}";
                    await cancel.CancelAsync();
                }
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (SwitchLostException)
            {
                await cancel.CancelAsync();
                break;
            }
            catch (Exception fault) when (fault is MySqlException or TimeoutException or InvalidOperationException)
            {
                if (time.GetElapsedTime(renewedAt).TotalMilliseconds > Lease)
                {
                    await cancel.CancelAsync();
                    break;
                }
            }
        }

        return why;
    }

    private async Task SayEndAsync(SwitchView view)
    {
        if (await store.ReadAsync(view.Id, CancellationToken.None) is not { Outcome: { } outcome } ended)
        {
            return;
        }

        if (outcome == SwitchOutcome.Cancelled)
        {
            Log.Cancelled(logger, view.Id, view.Slice, ended.Detail ?? "");
        }
        else
        {
            Log.Ended(logger, view.Id, view.Slice, outcome, ended.FrozenMilliseconds, ended.Detail ?? "");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.SwitchBegun, LogLevel.Information, "Switch {SwitchId} of {SliceId} to {Side} begins (dry run: {DryRun}, scope {Scope})")]
        public static partial void Begun(ILogger logger, long switchId, string sliceId, string side, bool dryRun, WriteScope scope);

        [LoggerMessage(EventIds.SwitchEnded, LogLevel.Information, "Switch {SwitchId} of {SliceId} ended: {Outcome}, frozen for {FrozenMilliseconds} ms; {Detail}")]
        public static partial void Ended(ILogger logger, long switchId, string sliceId, SwitchOutcome outcome, double? frozenMilliseconds, string detail);

        [LoggerMessage(EventIds.SwitchCancelled, LogLevel.Warning, "Switch {SwitchId} of {SliceId} was cancelled and undone: {Detail}")]
        public static partial void Cancelled(ILogger logger, long switchId, string sliceId, string detail);

        [LoggerMessage(EventIds.SwitchTakenOver, LogLevel.Warning, "Switch {SwitchId} of {SliceId} is taken over from {Coordinator}, which is not heard any more, in step {Step}")]
        public static partial void TakenOver(ILogger logger, long switchId, string sliceId, string coordinator, SwitchStep step);

        [LoggerMessage(EventIds.SwitchLost, LogLevel.Warning, "Switch {SwitchId} of {SliceId} is run by another replica now, or has ended")]
        public static partial void Lost(ILogger logger, long switchId, string sliceId);

        [LoggerMessage(EventIds.SwitchFaulted, LogLevel.Error, "Switch {SwitchId} of {SliceId} cannot be run from here; a replica undoes or finishes it")]
        public static partial void Faulted(ILogger logger, long switchId, string sliceId, Exception fault);
    }
}
