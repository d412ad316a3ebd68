using Dapper;
using MySqlConnector;
using Strangler.Proxy.Evidence;
using Strangler.Proxy.Freshness;
using Strangler.Proxy.Ramps;
using Strangler.Proxy.Slices;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Gates;

/// <summary>All gates of a slice at one moment, and what they rested on.</summary>
/// <param name="Gates">Each gate.</param>
/// <param name="Input">What they were judged by; null when nothing had to be judged.</param>
/// <param name="Positions">What cdc-sync said.</param>
internal sealed record Judgement(IReadOnlyList<GateResult> Gates, GateInput? Input, PositionsFacts? Positions)
{
    public static Judgement None { get; } = new([], null, null);

    public GateVerdict Verdict =>
        Gates.Any(gate => gate.Verdict == GateVerdict.Fail) ? GateVerdict.Fail
        : Gates.All(gate => gate.LetsPass) ? GateVerdict.Pass
        : GateVerdict.Inconclusive;

    /// <summary>The gates that stand in the way.</summary>
    public IEnumerable<GateResult> Blocking => Gates.Where(gate => !gate.LetsPass);
}

/// <summary>Gathers the evidence about a slice and judges its gates by it. Every change of a stage that goes forward asks here first.</summary>
internal sealed class GateKeeper(
    MySqlDataSource database, EvidenceReader evidence, IParityEvidence parity, IRehearsalEvidence rehearsals, PositionsReader positions, LagMonitor lag)
{
    private const int ParityGroups = 20;
    private const int TimeoutSeconds = 5;
    private const double LongestCount = 24 * 3600;

    /// <summary>Whether a move goes forward: to a later stage, or to a larger share of a canary.</summary>
    public static bool IsForward(StageEntry from, Stage to, double percent) =>
        to > from.Stage || (to == from.Stage && to == Stage.Canary && percent > from.Percent);

    /// <summary>The gates before a stage.</summary>
    public async Task<Judgement> BeforeAsync(SliceConfig slice, StageEntry from, RampStep to, CancellationToken cancellationToken) =>
        IsForward(from, to.Stage, to.Percent)
            ? await JudgeAsync(slice, GateRules.Before(slice, from.Stage, to.Stage), sinceMoved: false, await positions.ReadAsync().WaitAsync(cancellationToken), cancellationToken)
            : Judgement.None;

    /// <summary>The gates whose breach sends the slice back from where it stands. Waits for nobody but the control database.</summary>
    public Task<Judgement> WhileAsync(SliceConfig slice, Stage stage, CancellationToken cancellationToken) =>
        JudgeAsync(slice, GateRules.While(slice, stage), sinceMoved: true, positions.Peek(), cancellationToken);

    /// <summary>The control database's time.</summary>
    public async Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken) => (await ClockAsync("", cancellationToken)).Now;

    /// <summary>Pairs of answers compared since the slice stands where it stands.</summary>
    public async Task<long> ComparedAsync(string sliceId, CancellationToken cancellationToken)
    {
        var (_, stood) = await ClockAsync(sliceId, cancellationToken);
        var seconds = Math.Min(stood, LongestCount);
        return (await evidence.ReadAsync(sliceId, seconds, cancellationToken)).Last(seconds).Both(EvidenceMetric.Compared);
    }

    private async Task<Judgement> JudgeAsync(
        SliceConfig slice, IReadOnlyList<AppliedGate> gates, bool sinceMoved, PositionsFacts facts, CancellationToken cancellationToken)
    {
        if (gates.Count == 0)
        {
            return Judgement.None;
        }

        var (now, stood) = await ClockAsync(slice.Id, cancellationToken);
        var input = new GateInput(
            slice, now, stood,
            await evidence.ReadAsync(slice.Id, gates.Max(gate => gate.Config.WindowSeconds), cancellationToken),
            await parity.ReadAsync(slice.Id, ParityGroups, cancellationToken),
            facts.Services.GetValueOrDefault(slice.Service),
            facts.Fault,
            lag.AgeOf(slice.Service),
            gates.Any(gate => gate.Config.Metric == GateMetrics.Rehearsal) ? await rehearsals.ReadAsync(slice.Id, cancellationToken) : null);
        return new Judgement([.. gates.Select(gate => GateJudge.Judge(gate, input, sinceMoved))], input, facts);
    }

    private async Task<(DateTimeOffset Now, double StoodSeconds)> ClockAsync(string sliceId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleAsync<ClockRow>(new CommandDefinition(
            """
            select utc_timestamp(6) as now,
                   (select timestampdiff(microsecond, stood_since, utc_timestamp(6)) from slice_stage where slice_id = @sliceId) as stood
            """,
            new { sliceId }, commandTimeout: TimeoutSeconds, cancellationToken: cancellationToken));
        return (new DateTimeOffset(DateTime.SpecifyKind(row.Now, DateTimeKind.Utc)), row.Stood is { } stood ? stood / 1e6 : double.MaxValue);
    }

    private sealed class ClockRow
    {
        public DateTime Now { get; init; }

        public long? Stood { get; init; }
    }
}
