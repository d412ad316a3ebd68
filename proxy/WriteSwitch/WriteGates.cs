using System.Collections.Concurrent;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.WriteSwitch;

/// <summary>The gates of all slices that write, kept at what the control database says.</summary>
internal sealed class WriteGates : IDisposable
{
    private readonly ConcurrentDictionary<(string Slice, WriteScope Scope), WriteGate> _gates = new();
    private readonly RoutingStore _routing;
    private readonly ReplicaLease _lease;
    private readonly TimeProvider _time;
    private readonly ITimer _overdue;
    private CancellationTokenSource _underWay = new();

    public WriteGates(RoutingStore routing, ReplicaLease lease, TimeProvider time)
    {
        _routing = routing;
        _lease = lease;
        _time = time;
        _overdue = time.CreateTimer(static gates => ((WriteGates)gates!).BreakOff(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        routing.Changed += Apply;
        lease.FirstHeard += ApplyCurrent;
        lease.Renewed += Renewed;
        ApplyCurrent();
    }

    /// <summary>Raised after a gate was set, or has become empty while frozen.</summary>
    public event Action? Changed;

    /// <summary>Ends what is under way when this replica has been cut off for so long that a switch may go on without it.</summary>
    public CancellationToken UnderWay => _lease.Fencing == Fencing.Always ? Volatile.Read(ref _underWay).Token : CancellationToken.None;

    public WriteGate Of(string slice, WriteScope scope) => _gates.GetOrAdd((slice, scope), static (_, gates) => gates.Create(), this);

    public void Dispose()
    {
        _routing.Changed -= Apply;
        _lease.FirstHeard -= ApplyCurrent;
        _lease.Renewed -= Renewed;
        _overdue.Dispose();
        _underWay.Dispose();
    }

    private WriteGate Create()
    {
        var gate = new WriteGate(IsFenced, _time);
        gate.Drained += () => Changed?.Invoke();
        return gate;
    }

    /// <summary>
    /// Whether this replica must not change data by itself: it may have missed that another side owns them by now. Its requests wait, in case it is only
    /// late. One that has never heard the control database has its gates frozen.
    /// </summary>
    private bool IsFenced(WriteGateState state) =>
        _lease is { HasHeard: true, IsHeld: false } && (_lease.Fencing == Fencing.Always || state != WriteGateState.Open);

    private void Renewed()
    {
        var left = _lease.LeftForRequests;
        _overdue.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        foreach (var gate in _gates.Values)
        {
            gate.Look();
        }
    }

    // The old source is left to the garbage collector: who was under way may still ask its token.
    private void BreakOff()
    {
        if (!_lease.IsHeld)
        {
            Interlocked.Exchange(ref _underWay, new CancellationTokenSource()).Cancel();
        }
    }

    private void ApplyCurrent() => Apply(_routing.Current);

    private void Apply(RoutingSnapshot snapshot)
    {
        if (!_lease.HasHeard)
        {
            return;
        }

        foreach (var route in snapshot.Routes.Where(route => route.Slice.Config.Writes is not null))
        {
            Of(route.Slice.Id, WriteScope.Storefront).Set(route.Entry.Writes.Gate);
            Of(route.Slice.Id, WriteScope.Rehearsal).Set(route.Entry.Rehearsal.Gate);
        }

        foreach (var ((slice, _), gate) in _gates.Where(gate => snapshot.Find(gate.Key.Slice)?.Slice.Config.Writes is null))
        {
            // The declaration has gone, or writes no more: whoever waits goes where such a request goes now.
            gate.Set(WriteGateState.Open);
        }

        Changed?.Invoke();
    }
}
