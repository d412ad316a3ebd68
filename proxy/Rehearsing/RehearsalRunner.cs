using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Telemetry;
using Strangler.Proxy.WriteSwitch;

namespace Strangler.Proxy.Rehearsing;

/// <summary>
/// Rehearses: the whole switch and the whole way back, by the very steps of a real one, for marked requests alone. Everybody else's requests, the slice's
/// stage and its record stay untouched. What it took is kept.
/// </summary>
internal sealed partial class RehearsalRunner(
    SwitchCoordinator coordinator, SwitchStore store, RehearsalStore rehearsals, RehearsalRequests requests, StageStore stages,
    IOptions<WriteSwitchOptions> options, TimeProvider time, ILogger<RehearsalRunner> logger) : IHostedService, IDisposable
{
    private readonly ConcurrentDictionary<long, Task> _running = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Begins one, which goes on after this returns. Not begun: a switch of that slice is under way.</summary>
    public async Task<(SwitchView Switch, bool Begun)> BeginAsync(SliceRoute route, string who, string reason, CancellationToken cancellationToken)
    {
        var from = route.Entry.Writes.Record;
        var order = new SwitchOrder(route.Slice.Id, WriteScope.Rehearsal, from, Other(from), false, who, reason);
        var rest = TimeSpan.FromMilliseconds(options.Value.RehearsalRestMilliseconds);
        var started = time.GetTimestamp();
        var probe = route.Slice.Config.Writes!.Rehearsal;
        var (view, begun) = await coordinator.BeginAsync(order, cancellationToken);
        if (begun)
        {
            _running[view.Id] = Task.Run(() => RunAsync(view, order, probe, started, rest), CancellationToken.None);
        }

        return (view, begun);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running.Values).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync(SwitchView first, SwitchOrder order, RehearsalRequestConfig? probe, long started, TimeSpan rest)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var sending = probe is null ? Task.FromResult(new RehearsalCounts()) : requests.RunAsync(order.Slice, probe, over.Token);
        SwitchView? forward = null, reverse = null;
        var fault = "";
        try
        {
            forward = await EndOfAsync(first);
            if (forward is { Outcome: SwitchOutcome.Switched })
            {
                await Task.Delay(rest, time, _stopping.Token);
                reverse = await ReverseAsync(order);
                await Task.Delay(rest, time, _stopping.Token);
            }
        }
#pragma warning disable CA1031 // The run's edge: whatever broke it off is its result.
        catch (Exception gone)
#pragma warning restore CA1031
        {
            fault = $"it was broken off: {gone.Message}";
        }
        finally
        {
            await over.CancelAsync();
        }

        await KeepAsync(order, forward, reverse, await sending, probe is not null, time.GetElapsedTime(started), fault);
        _running.TryRemove(first.Id, out _);
    }

    private async Task<SwitchView?> ReverseAsync(SwitchOrder order)
    {
        var (view, begun) = await coordinator.BeginAsync(order with { From = order.To, To = order.From }, _stopping.Token);
        return begun ? await EndOfAsync(view) : null;
    }

    private async Task<SwitchView?> EndOfAsync(SwitchView view)
    {
        await coordinator.EndOfAsync(view.Id);
        return await store.ReadAsync(view.Id, CancellationToken.None);
    }

    private async Task KeepAsync(SwitchOrder order, SwitchView? forward, SwitchView? reverse, RehearsalCounts counts, bool wantsRequests, TimeSpan elapsed, string fault)
    {
        var passed = fault.Length == 0 && forward?.Outcome == SwitchOutcome.Switched && reverse?.Outcome == SwitchOutcome.Switched && counts.Failed == 0
            && (counts.Requests > 0 || !wantsRequests);
        var detail = fault.Length > 0 ? fault
            : forward?.Outcome != SwitchOutcome.Switched ? $"the switch was not made: {forward?.Outcome}, {forward?.Detail}"
            : reverse?.Outcome != SwitchOutcome.Switched ? $"the way back was not made: {reverse?.Outcome}, {reverse?.Detail}"
            : counts.Failed > 0 ? $"{counts.Failed} of {counts.Requests} requests failed"
            : counts.Requests == 0 && wantsRequests ? "no request was sent while it lasted: raise WriteSwitch:RehearsalRestMilliseconds or the request's perSecond"
            : counts.Requests == 0 ? "without requests: the slice declares none for rehearsals"
            : string.Join(", ", counts.BySide.OrderBy(side => side.Key, StringComparer.Ordinal).Select(side => $"{side.Value} answered by {side.Key}"));
        var view = new RehearsalView(
            0, order.Slice, default, default, passed, forward?.Milliseconds, forward?.FrozenMilliseconds, reverse?.Milliseconds, reverse?.FrozenMilliseconds,
            counts.Requests, counts.Failed, order.Who, order.Reason, detail);
        try
        {
            await rehearsals.KeepAsync(view, elapsed.TotalMilliseconds, CancellationToken.None);
            await stages.RecordAsync("rehearsal", order.Slice, null, passed ? "\"passed\"" : "\"failed\"", order.Who, order.Reason, CancellationToken.None);
            Log.Ended(logger, order.Slice, passed, detail);
        }
        catch (MySqlException unreachable)
        {
            Log.Ended(logger, order.Slice, false, $"its result could not be kept: {unreachable.Message}");
        }
    }

    private static Side Other(Side side) => side == Side.Magento ? Side.Extracted : Side.Magento;

    private static partial class Log
    {
        [LoggerMessage(EventIds.RehearsalEnded, LogLevel.Information, "Rehearsal of {SliceId} ended (passed: {Passed}): {Detail}")]
        public static partial void Ended(ILogger logger, string sliceId, bool passed, string detail);
    }
}
