using Microsoft.Extensions.Time.Testing;
using Strangler.Proxy.WriteSwitch;

namespace Strangler.Proxy.Tests.WriteSwitch;

public sealed class WriteGateTests
{
    private static readonly WritesConfig Limits = new(["quote"], MaxHeldSeconds: 10);

    private static readonly ReleasePace OneByOne = new(1, 1);

    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_waits_behind_others_at_an_open_gate_is_not_too_late()
    {
        var gate = new WriteGate(_ => false, _time);
        gate.Set(WriteGateState.Frozen);
        var waiting = Enumerable.Range(0, 3).Select(_ => gate.HoldAsync(Limits, 0, OneByOne, Cancelled)).ToList();
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
        var waiting = gate.HoldAsync(Limits, 0, OneByOne, Cancelled);
        _time.Advance(TimeSpan.FromSeconds(10));
        (await waiting).Should().Be(HoldResult.TimedOut);

        using var client = new CancellationTokenSource();
        var leaving = gate.HoldAsync(Limits, 0, OneByOne, client.Token);
        await client.CancelAsync();
        (await leaving).Should().Be(HoldResult.ClientGone);
        gate.Counts.Should().Be(new WriteGateCounts(WriteGateState.Frozen, 0, 0, 2, 1));
    }

    [Fact]
    public async Task Who_comes_to_an_open_gate_where_others_wait_goes_after_them()
    {
        var gate = new WriteGate(_ => false, _time);
        gate.Set(WriteGateState.Frozen);
        var waiting = Enumerable.Range(0, 2).Select(_ => gate.HoldAsync(Limits, 0, OneByOne, Cancelled)).ToList();
        gate.Set(WriteGateState.Open);
        gate.TryEnter().Should().BeFalse("another waits");
        var late = gate.HoldAsync(Limits, 0, OneByOne, Cancelled);

        gate.Leave(wasHeld: true);
        (await waiting[1]).Should().Be(HoldResult.Released);
        late.IsCompleted.Should().BeFalse();
        gate.TryEnter().Should().BeFalse("the late one waits still");
        gate.Leave(wasHeld: true);
        (await late).Should().Be(HoldResult.Released);
        gate.TryEnter().Should().BeTrue();
        gate.Counts.InFlight.Should().Be(2);
    }

    [Fact]
    public async Task At_an_open_gate_nobody_is_refused_for_the_sake_of_the_order()
    {
        var gate = new WriteGate(_ => false, _time);
        var few = Limits with { MaxHeld = 2 };
        gate.Set(WriteGateState.Frozen);
        var waiting = Enumerable.Range(0, 2).Select(_ => gate.HoldAsync(few, 0, OneByOne, Cancelled)).ToList();
        (await gate.HoldAsync(few, 0, OneByOne, Cancelled)).Should().Be(HoldResult.Full);
        gate.Set(WriteGateState.Open);
        var second = gate.HoldAsync(few, 0, OneByOne, Cancelled);
        second.IsCompleted.Should().BeFalse();

        (await gate.HoldAsync(few, 0, OneByOne, Cancelled)).Should().Be(HoldResult.Released);

        (await waiting[0]).Should().Be(HoldResult.Released);
        second.IsCompleted.Should().BeFalse("it came after the one who waits");
    }

    [Fact]
    public async Task More_and_more_are_let_go_so_that_the_queue_ends_though_others_come()
    {
        var gate = new WriteGate(_ => false, _time);
        gate.Set(WriteGateState.Frozen);
        var waiting = Enumerable.Range(0, 100).Select(_ => gate.HoldAsync(Limits, 0, new ReleasePace(2, 8), Cancelled)).ToList();
        gate.Set(WriteGateState.Open);
        gate.Counts.InFlight.Should().Be(2);
        for (var through = 0; through < 20; through++)
        {
            gate.Leave(wasHeld: true);
        }

        gate.Counts.InFlight.Should().Be(8);
        gate.Counts.Waiting.Should().Be(72);
        (await waiting[27]).Should().Be(HoldResult.Released, "in the order of their coming");
        while (gate.Counts.InFlight > 0)
        {
            gate.Leave(wasHeld: true);
        }

        (await Task.WhenAll(waiting)).Should().AllBeEquivalentTo(HoldResult.Released);
    }
}
