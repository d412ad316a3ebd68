using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Gates;
using Strangler.Proxy.Ramps;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Telemetry;

namespace Strangler.Proxy.Evaluation;

/// <summary>What one judgement of a slice with a ramp leads to: back on a breach, forward when its time has come and every gate passes, else nothing.</summary>
internal sealed partial class RampDriver(
    RampStore ramps, GateKeeper keeper, StageMover mover, StageFollower follower, RoutingStore routing, IOptions<EvaluationOptions> options,
    TimeProvider time, ILogger<RampDriver> logger)
{
    /// <summary>Who moves a slice when nobody does.</summary>
    public const string Who = "ramp";

    private const int MaximumReason = 1000;
    private readonly ConcurrentDictionary<string, Streak> _streaks = new(StringComparer.Ordinal);

    /// <summary>This replica begins to judge, perhaps again: what it saw before another one judged is no judgement in a row.</summary>
    public void Begin() => _streaks.Clear();

    public async Task DriveAsync(Ramp ramp, SliceRoute route, CancellationToken cancellationToken)
    {
        var entry = route.Entry;
        if (entry.Version < ramp.StageVersion)
        {
            // This replica has not heard of the ramp's own last change yet.
            return;
        }

        if (entry.Version > ramp.StageVersion)
        {
            await LeaveAsync(ramp, entry, cancellationToken);
            return;
        }

        var streak = _streaks.AddOrUpdate(
            ramp.SliceId, _ => new Streak(entry.Version, ramp.State), (_, old) => old.Version == entry.Version && old.State == ramp.State ? old : new Streak(entry.Version, ramp.State));
        if (await GoBackAsync(ramp, route, streak, cancellationToken))
        {
            return;
        }

        if (ramp.State == RampState.Holding && ramp.HoldSecondsLeft is null or <= 0)
        {
            await ramps.ChangeAsync(ramp, RampState.Running, ramp.StageVersion, ramp.Rollbacks, null, "the hold is over", null, cancellationToken);
        }
        else if (ramp.State == RampState.Running)
        {
            await GoForwardAsync(ramp, route, streak, cancellationToken);
        }
    }

    private async Task LeaveAsync(Ramp ramp, StageEntry entry, CancellationToken cancellationToken)
    {
        // A person knows something that the gates do not; whoever wants the ramp again starts it from there.
        var note = $"changed by hand: {new RampStep(entry.Stage, entry.Percent)}, version {entry.Version}";
        if (await ramps.ChangeAsync(ramp, RampState.Aborted, entry.Version, ramp.Rollbacks, null, note, null, cancellationToken))
        {
            Log.State(logger, ramp.SliceId, RampState.Aborted, note);
        }
    }

    private async Task<bool> GoBackAsync(Ramp ramp, SliceRoute route, Streak streak, CancellationToken cancellationToken)
    {
        if (route.Entry.Stage is not (Stage.Canary or Stage.Live))
        {
            return false;
        }

        var slice = route.Slice.Config;
        var judgement = await keeper.WhileAsync(slice, route.Entry.Stage, cancellationToken);
        var failing = judgement.Gates.Where(gate => gate.Verdict == GateVerdict.Fail).ToList();
        var breached = failing.Where(gate => !GateMetrics.MustLast(gate.Metric) || streak.Lasts(gate, time)).ToList();
        streak.Ended(failing);
        streak.Failures = breached.Count > 0 ? streak.Failures + 1 : 0;
        if (streak.Failures < options.Value.FailuresToGoBack)
        {
            // Nothing goes forward while a breach is in the air.
            return failing.Count > 0;
        }

        // A step back within the canary would leave some visitors with what is known to be wrong: all go to Magento, and only the comparison goes on.
        var to = breached.Any(gate => GateMetrics.IsHard(gate.Metric)) ? Stage.Legacy : Stage.Shadow;
        var reason = Cut($"breach of {string.Join("; ", breached.Select(gate => $"{gate.Metric}: {gate.Detail}"))}");
        var rollbacks = ramp.Rollbacks + 1;
        // Whom a person has paused, only a person sets going again.
        var pauses = ramp.State == RampState.Paused || rollbacks > options.Value.RollbacksBeforePause;
        var hold = (slice.Ramp ?? new RampConfig()).HoldSeconds;
        var result = await mover.MoveAsync(
            new StageChange(ramp.SliceId, "rollback", to, 0, null, Who, reason, route.Entry.Version), "rollback", route.Entry, slice, judgement,
            (connection, transaction) => ramps.ChangeAsync(
                ramp, pauses ? RampState.Paused : RampState.Holding, route.Entry.Version + 1, rollbacks, pauses ? null : hold, reason, (connection, transaction), cancellationToken),
            cancellationToken);
        if (result.After is not null)
        {
            await follower.RefreshAsync(cancellationToken);
            Log.RolledBack(logger, ramp.SliceId, new RampStep(route.Entry.Stage, route.Entry.Percent), to, reason);
        }

        return true;
    }

    private async Task GoForwardAsync(Ramp ramp, SliceRoute route, Streak streak, CancellationToken cancellationToken)
    {
        var (entry, slice) = (route.Entry, route.Slice.Config);
        var config = slice.Ramp ?? new RampConfig();
        if (RampPlan.Next(config, entry.Stage, entry.Percent) is not { } next)
        {
            await ramps.ChangeAsync(ramp, RampState.Completed, ramp.StageVersion, ramp.Rollbacks, null, "at its end", null, cancellationToken);
            Log.State(logger, ramp.SliceId, RampState.Completed, "at its end");
            return;
        }

        // The time alone can be told without asking for evidence.
        if (entry.Stage == Stage.Canary && ramp.StoodSeconds < config.StepSeconds)
        {
            return;
        }

        var judgement = await keeper.BeforeAsync(slice, entry, next, cancellationToken);
        var isReady = judgement.Verdict == GateVerdict.Pass
            && RampProgress.WaitsFor(
                ramp, config, entry, routing.Current.KillSwitch, RampProgress.Compared(judgement), options.Value.Freezes, await keeper.NowAsync(cancellationToken)) is null;
        streak.Passes = isReady ? streak.Passes + 1 : 0;
        if (streak.Passes < options.Value.PassesToAdvance)
        {
            return;
        }

        var reason = Cut(judgement.Gates.Count == 0 ? $"ramp: to {next}" : $"ramp: all {judgement.Gates.Count} gates pass, to {next}");
        var result = await mover.MoveAsync(
            new StageChange(ramp.SliceId, "stage", next.Stage, next.Percent, null, Who, reason, entry.Version), "promotion", entry, slice, judgement,
            (connection, transaction) => ramps.ChangeAsync(
                ramp, RampState.Running, entry.Version + 1, ramp.Rollbacks, null, reason, (connection, transaction), cancellationToken),
            cancellationToken);
        if (result.After is not null)
        {
            await follower.RefreshAsync(cancellationToken);
            Log.Moved(logger, ramp.SliceId, next, reason);
        }
    }

    private static string Cut(string reason) => reason.Length > MaximumReason ? reason[..(MaximumReason - 1)] + "…" : reason;

    // Judgements in a row that said the same of a slice at one version.
    private sealed class Streak(long version, RampState state)
    {
        public long Version { get; } = version;

        public RampState State { get; } = state;

        public int Failures { get; set; }

        public int Passes { get; set; }

        private Dictionary<string, long> Since { get; } = new(StringComparer.Ordinal);

        /// <summary>Whether a gate has failed in every judgement for as long as its window.</summary>
        public bool Lasts(GateResult gate, TimeProvider time)
        {
            if (!Since.TryGetValue(gate.Metric, out var since))
            {
                Since[gate.Metric] = since = time.GetTimestamp();
            }

            return time.GetElapsedTime(since).TotalSeconds >= gate.WindowSeconds;
        }

        /// <summary>What does not fail any more begins anew when it does.</summary>
        public void Ended(IReadOnlyList<GateResult> failing)
        {
            foreach (var metric in Since.Keys.Where(metric => failing.All(gate => gate.Metric != metric)).ToList())
            {
                Since.Remove(metric);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.RampMoved, LogLevel.Information, "{Slice} goes to {Step}: {Reason}")]
        public static partial void Moved(ILogger logger, string slice, RampStep step, string reason);

        [LoggerMessage(EventIds.RampState, LogLevel.Information, "The ramp of {Slice} is {State}: {Note}")]
        public static partial void State(ILogger logger, string slice, RampState state, string note);

        [LoggerMessage(EventIds.RolledBack, LogLevel.Error, "{Slice} goes back from {From} to {To}: {Reason}")]
        public static partial void RolledBack(ILogger logger, string slice, RampStep from, Stage to, string reason);
    }
}
