using CsCheck;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Tests.Decisions;

public sealed class RouteDeciderTests
{
    private static readonly Gen<DecisionInput> AnyInput = Gen.Select(
        Gen.Bool, Gen.Int[0, 2].Select(pick => pick switch { 0 => (Side?)null, 1 => Side.Magento, _ => Side.Extracted }), Gen.Enum<Stage>(), Gen.Bool, Gen.Bool, Gen.Bool,
        (kill, wanted, stage, flag, fresh, closed) => new DecisionInput(kill, wanted, stage, flag, fresh, closed));

    [Theory]
    [InlineData(Stage.Legacy, true, true, true, Side.Magento, DecisionReason.Stage)]
    [InlineData(Stage.Shadow, true, true, true, Side.Magento, DecisionReason.Stage)]
    [InlineData(Stage.Canary, true, true, true, Side.Extracted, DecisionReason.InCohort)]
    [InlineData(Stage.Canary, false, true, true, Side.Magento, DecisionReason.NotInCohort)]
    [InlineData(Stage.Live, true, true, true, Side.Extracted, DecisionReason.Live)]
    [InlineData(Stage.Live, true, false, true, Side.Magento, DecisionReason.Stale)]
    [InlineData(Stage.Live, true, true, false, Side.Magento, DecisionReason.CircuitOpen)]
    [InlineData(Stage.Retired, true, true, true, Side.Extracted, DecisionReason.Live)]
    public void Decide_WithoutSwitchOrOverride_FollowsStage(Stage stage, bool flag, bool fresh, bool closed, Side side, DecisionReason reason)
    {
        RouteDecider.Decide(new DecisionInput(false, null, stage, flag, fresh, closed)).Should().Be(new RouteDecision(side, reason));
    }

    [Fact]
    public void Decide_KillSwitch_BeatsEverything() => AnyInput.Sample(input =>
        RouteDecider.Decide(input with { KillSwitch = true }) == RouteDecision.Magento(DecisionReason.KillSwitch));

    [Fact]
    public void Decide_Override_BeatsAllButTheKillSwitch() => AnyInput.Sample(input =>
        RouteDecider.Decide(input with { KillSwitch = false, Override = Side.Extracted }) == RouteDecision.Extracted(DecisionReason.Override));

    [Fact]
    public void Decide_Extracted_OnlyWithFlagFreshDataAndClosedCircuit() => AnyInput.Sample(input =>
    {
        var decision = RouteDecider.Decide(input with { Override = null });
        return decision.Side == Side.Magento || input is { KillSwitch: false, FlagOn: true, Fresh: true, CircuitClosed: true, Stage: >= Stage.Canary };
    });
}
