using System.Text.Json.Serialization;
using Dapper;
using MySqlConnector;
using Strangler.Proxy.Slices;

namespace Strangler.Proxy.Ramps;

/// <summary>What a ramp does.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<RampState>))]
public enum RampState
{
    /// <summary>Goes forward when the gates pass.</summary>
    Running,

    /// <summary>A person, or too many rollbacks, stopped it; it still goes back on a breach.</summary>
    Paused,

    /// <summary>It went back, and waits.</summary>
    Holding,

    /// <summary>It reached its end; it still goes back on a breach.</summary>
    Completed,

    /// <summary>It does nothing any more.</summary>
    Aborted,
}

/// <summary>The ramp of one slice.</summary>
/// <param name="SliceId">The slice.</param>
/// <param name="State">What it does.</param>
/// <param name="StageVersion">The slice's version as the ramp left it; at another one somebody else moved the slice.</param>
/// <param name="Rollbacks">Times it went back since it was started or resumed.</param>
/// <param name="HoldSecondsLeft">While it waits: how long it still does.</param>
/// <param name="Note">Why it is as it is.</param>
/// <param name="StartedBy">Who started it.</param>
/// <param name="StartedAt">When.</param>
/// <param name="ChangedAt">When it last did something.</param>
/// <param name="StoodSeconds">How long the slice has stood where it stands.</param>
internal sealed record Ramp(
    string SliceId, RampState State, long StageVersion, int Rollbacks, double? HoldSecondsLeft, string Note, string StartedBy,
    DateTimeOffset StartedAt, DateTimeOffset ChangedAt, double StoodSeconds);

/// <summary>Ramps in the control database, by its clock.</summary>
internal sealed class RampStore(MySqlDataSource database)
{
    private const int TimeoutSeconds = 5;
    private const int MaximumNote = 1000;

    private const string Columns =
        """
        select r.slice_id, r.state, r.stage_version, r.rollbacks, r.note, r.started_by, r.started_at, r.changed_at,
               timestampdiff(microsecond, utc_timestamp(6), r.hold_until) as hold_left,
               timestampdiff(microsecond, s.stood_since, utc_timestamp(6)) as stood
        from ramp r left join slice_stage s on s.slice_id = r.slice_id
        """;

    public async Task<IReadOnlyList<Ramp>> ReadAllAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return [.. (await connection.QueryAsync<RampRow>(Command($"{Columns} order by r.slice_id", null, null, cancellationToken))).Select(row => row.ToRamp())];
    }

    public async Task<Ramp?> ReadAsync(string sliceId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return (await connection.QuerySingleOrDefaultAsync<RampRow>(Command($"{Columns} where r.slice_id = @sliceId", new { sliceId }, null, cancellationToken)))?.ToRamp();
    }

    /// <summary>Begins a ramp, or begins it anew.</summary>
    public async Task StartAsync(string sliceId, long stageVersion, string who, string note, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(Command(
            """
            insert into ramp (slice_id, state, stage_version, rollbacks, hold_until, note, started_by, started_at, changed_at)
            values (@sliceId, 'running', @stageVersion, 0, null, @note, @who, utc_timestamp(6), utc_timestamp(6))
            on duplicate key update state = 'running', stage_version = @stageVersion, rollbacks = 0, hold_until = null, note = @note, started_by = @who,
                started_at = utc_timestamp(6), changed_at = utc_timestamp(6)
            """,
            new { sliceId, stageVersion, who, note = Cut(note) }, null, cancellationToken));
    }

    /// <summary>Changes what a ramp does, if it is still as it was read. With the stage's change where a transaction is given.</summary>
    public async Task<bool> ChangeAsync(
        Ramp ramp, RampState state, long stageVersion, int rollbacks, int? holdSeconds, string note,
        (MySqlConnection Connection, MySqlTransaction Transaction)? together, CancellationToken cancellationToken)
    {
        const string Sql =
            """
            update ramp set state = @to, stage_version = @stageVersion, rollbacks = @rollbacks, note = @note, changed_at = utc_timestamp(6),
                hold_until = if(@holdSeconds is null, null, utc_timestamp(6) + interval @holdSeconds second)
            where slice_id = @SliceId and state = @from and stage_version = @StageVersionBefore and started_at = @startedAt
            """;
        var parameters = new
        {
            ramp.SliceId,
            from = Word(ramp.State),
            to = Word(state),
            stageVersion,
            StageVersionBefore = ramp.StageVersion,
            rollbacks,
            holdSeconds,
            note = Cut(note),
            startedAt = ramp.StartedAt.UtcDateTime,
        };
        if (together is { } open)
        {
            return await open.Connection.ExecuteAsync(Command(Sql, parameters, open.Transaction, cancellationToken)) > 0;
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(Command(Sql, parameters, null, cancellationToken)) > 0;
    }

    internal static string Word(RampState state) => state.ToString().ToLowerInvariant();

    private static string Cut(string note) => note.Length > MaximumNote ? note[..(MaximumNote - 1)] + "…" : note;

    private static CommandDefinition Command(string sql, object? parameters, MySqlTransaction? transaction, CancellationToken cancellationToken) =>
        new(sql, parameters, transaction, TimeoutSeconds, cancellationToken: cancellationToken);

    private sealed class RampRow
    {
        public string SliceId { get; init; } = "";

        public string State { get; init; } = "";

        public long StageVersion { get; init; }

        public int Rollbacks { get; init; }

        public string Note { get; init; } = "";

        public string StartedBy { get; init; } = "";

        public DateTime StartedAt { get; init; }

        public DateTime ChangedAt { get; init; }

        public long? HoldLeft { get; init; }

        public long? Stood { get; init; }

        public Ramp ToRamp() => new(
            SliceId, Enum.Parse<RampState>(State, ignoreCase: true), StageVersion, Rollbacks, HoldLeft / 1e6, Note, StartedBy, Utc(StartedAt), Utc(ChangedAt),
            Stood / 1e6 ?? 0);

        private static DateTimeOffset Utc(DateTime value) => new(DateTime.SpecifyKind(value, DateTimeKind.Utc));
    }
}
