using Microsoft.Extensions.Time.Testing;
using Strangler.Proxy.WriteSwitch;

namespace Strangler.Proxy.Tests.WriteSwitch;

public sealed class WriteGateTests
{
    private static readonly WritesConfig Limits = new(["quote"], MaxHeldSeconds: 10);

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_waits_behind_others_at_an_open_gate_is_not_too_late()
    {
        var gate = new WriteGate(_ => false, _time);
        gate.Set(WriteGateState.Frozen);
        var waiting = Enumerable.Range(0, 3).Select(_ => gate.HoldAsync(Limits, 0, 1, Cancelled)).ToList();
        _time.Advance(TimeSpan.FromSeconds(7));
        gate.Set(WriteGateState.Open);
        (await waiting[0]).Should().Be(HoldResult.Released);

        _time.Advance(TimeSpan.FromMinutes(5));
        waiting[1].IsCompleted.Should().BeFalse();
        gate.Leave(wasHeld: true);
        (await waiting[1]).Should().Be(HoldResult.Released);
        gate.Leave(wasHeld: true);
        (await waiting[2]).Should().Be(HoldResult.Released);
        gate.Counts.Should().Be(new WriteGateCounts(WriteGateState.Open, 1, 0, 3, 0));
    }

    [Fact]
    public async Task Who_waits_at_a_closed_gate_is_told_when_the_time_is_over()
    {
        var gate = new WriteGate(_ => false, _time);
        gate.Set(WriteGateState.Frozen);
        var waiting = gate.HoldAsync(Limits, 0, 1, Cancelled);
        _time.Advance(TimeSpan.FromSeconds(10));
        (await waiting).Should().Be(HoldResult.TimedOut);

        using var client = new CancellationTokenSource();
        var leaving = gate.HoldAsync(Limits, 0, 1, client.Token);
        await client.CancelAsync();
        (await leaving).Should().Be(HoldResult.ClientGone);
        gate.Counts.Should().Be(new WriteGateCounts(WriteGateState.Frozen, 0, 0, 2, 1));
    }

    [Fact]
    public async Task Who_finds_the_gate_open_after_all_does_not_take_a_place_of_those_who_waited()
    {
        var gate = new WriteGate(_ => false, _time);
        gate.Set(WriteGateState.Frozen);
        var waiting = Enumerable.Range(0, 2).Select(_ => gate.HoldAsync(Limits, 0, 1, Cancelled)).ToList();
        gate.Set(WriteGateState.Open);
        (await gate.HoldAsync(Limits, 0, 1, Cancelled)).Should().Be(HoldResult.Released);

        gate.Leave(wasHeld: true);
        waiting[1].IsCompleted.Should().BeFalse("one that waited is still under way");
        gate.Leave(wasHeld: true);
        (await waiting[1]).Should().Be(HoldResult.Released);
    }
}
