using System.Collections.Concurrent;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Slices;

namespace Strangler.Proxy.Freshness;

/// <summary>Keeps a slice's promise about its data: says for a request whether the service may answer it, after waiting for the data where that is promised.</summary>
internal sealed class FreshnessService(LagMonitor lag, AwaitClient client, WriteMarks marks, FreshnessStats stats, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Gate> _gates = new(StringComparer.Ordinal);

    /// <summary>Whether the data are as young as the slice promises to this visitor. Waits for them no longer than the slice allows.</summary>
    public ValueTask<bool> HoldsAsync(HttpContext context, SliceRoute route)
    {
        var slice = route.Slice;
        switch (slice.Config.Freshness?.Mode)
        {
            case FreshnessMode.Bounded:
                return ValueTask.FromResult(FreshnessRule.Holds(slice.Config.Freshness, lag.AgeOf(slice.Config.Service)));
            case FreshnessMode.Strict:
                return PassAsync(GateOf(slice), context.RequestAborted);
            case FreshnessMode.Session:
                var gate = GateOf(slice);
                return marks.LastOf(context) is { } written && written >= ProvenAt(gate)
                    ? PassAsync(gate, context.RequestAborted)
                    : ValueTask.FromResult(true);
            default:
                return ValueTask.FromResult(true);
        }
    }

    // Either a question of this slice's own, or cdc-sync's regular word about the service.
    private long ProvenAt(Gate gate) => Math.Max(gate.Barrier.ProvenAt, lag.ProvenAt(gate.Slice.Config.Service) ?? long.MinValue);

    private async ValueTask<bool> PassAsync(Gate gate, CancellationToken cancellationToken)
    {
        var startedAt = time.GetTimestamp();
        var passed = false;
        try
        {
            passed = await gate.Barrier.PassAsync().WaitAsync(gate.Wait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Magento's data are always fresh.
        }
        catch (OperationCanceledException)
        {
            // The client has left; whoever answers notices.
        }

        stats.Waited(gate.Slice.Id, time.GetElapsedTime(startedAt), passed);
        return passed;
    }

    private Gate GateOf(Slice slice)
    {
        if (_gates.TryGetValue(slice.Id, out var gate) && ReferenceEquals(gate.Slice, slice))
        {
            return gate;
        }

        return _gates.AddOrUpdate(slice.Id, _ => NewGate(slice), (_, old) => ReferenceEquals(old.Slice, slice) ? old : NewGate(slice));
    }

    private Gate NewGate(Slice slice)
    {
        var wait = TimeSpan.FromMilliseconds(slice.Config.Freshness!.WaitMilliseconds);
        var question = AwaitClient.QuestionOf(slice, Math.Max(1, slice.Config.Freshness.WaitMilliseconds));
        return new Gate(slice, wait, new FreshnessBarrier(cancellationToken => client.AskAsync(slice.Config.Service, question, cancellationToken), time));
    }

    private sealed record Gate(Slice Slice, TimeSpan Wait, FreshnessBarrier Barrier);
}
