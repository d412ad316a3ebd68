using System.Data;
using System.Security.Cryptography;
using System.Text.Json;
using Dapper;
using MySqlConnector;
using Strangler.Proxy.WriteSwitch;

namespace Strangler.Proxy.Stages;

/// <summary>What a change asks for; null fields stay as they are.</summary>
/// <param name="SliceId">The slice.</param>
/// <param name="Action">The word for the audit log: <c>stage</c> or <c>rules</c>.</param>
/// <param name="Stage">The new stage.</param>
/// <param name="Percent">The new share, 0 to 100.</param>
/// <param name="Rules">The new rules.</param>
/// <param name="Who">Who asks.</param>
/// <param name="Reason">Why, in their words.</param>
/// <param name="ExpectedVersion">Refused when the slice is at another version. Null: take it as it is.</param>
internal sealed record StageChange(
    string SliceId, string Action, Stage? Stage, double? Percent, AudienceRules? Rules, string Who, string Reason, long? ExpectedVersion)
{
    /// <summary>Called with the audit row that was written, before all of it commits together: what explains the change is kept with it or not at all.</summary>
    public Func<MySqlConnection, MySqlTransaction, StageEntry, AuditEntry, Task>? Recorded { get; init; }
}

/// <summary>What came of a change.</summary>
/// <param name="Before">The entry as it stood.</param>
/// <param name="After">The entry now, or null: the version was another and nothing was changed.</param>
/// <param name="AuditId">Its row in the audit log; 0 when nothing was changed.</param>
internal sealed record StageChangeResult(StageEntry Before, StageEntry? After, long AuditId = 0);

/// <summary>
/// Stages in the control database. Every change is one transaction that locks <c>control_state</c>, so changes of all replicas stand in one
/// order, each with its audit row.
/// </summary>
internal sealed class StageStore(MySqlDataSource database, TimeProvider time)
{
    private const int TimeoutSeconds = 5;

    static StageStore() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    /// <summary>The version alone: cheap enough to ask several times a second.</summary>
    public async Task<long> ReadVersionAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleAsync<long>(Command("select version from control_state where id = 1", null, null, cancellationToken));
    }

    public async Task<StageSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var state = await connection.QuerySingleAsync<StateRow>(
            Command("select version, kill_switch from control_state where id = 1", null, transaction, cancellationToken));
        var rows = await connection.QueryAsync<StageRow>(Command(
            "select slice_id, stage, percent, rules, version, changed_at from slice_stage", null, transaction, cancellationToken));
        var writes = await WriteStates.ReadAsync(connection, transaction, cancellationToken);
        return new StageSnapshot(state.Version, state.KillSwitch, WriteStates.Join(rows.Select(row => row.ToEntry()), writes));
    }

    public Task<StageChangeResult> ChangeAsync(StageChange change, CancellationToken cancellationToken) => ChangeAsync(change, null, cancellationToken);

    /// <param name="change">The change.</param>
    /// <param name="together">What belongs to it and commits with it. False: nothing of it all happens.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    public async Task<StageChangeResult> ChangeAsync(
        StageChange change, Func<MySqlConnection, MySqlTransaction, Task<bool>>? together, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        await connection.ExecuteAsync(Command("update control_state set version = version + 1 where id = 1", null, transaction, cancellationToken));
        var row = await connection.QuerySingleOrDefaultAsync<StageRow>(Command(
            "select slice_id, stage, percent, rules, version, changed_at from slice_stage where slice_id = @SliceId",
            new { change.SliceId }, transaction, cancellationToken));
        var before = await WithWritesAsync(row?.ToEntry() ?? StageEntry.Initial(change.SliceId), connection, transaction, cancellationToken);
        if (change.ExpectedVersion is { } expected && expected != before.Version)
        {
            return new StageChangeResult(before, null);
        }

        var stage = change.Stage ?? before.Stage;
        var percent = change.Percent ?? (stage == before.Stage ? before.Percent : 0);
        if (together is not null && !await together(connection, transaction))
        {
            return new StageChangeResult(before, null);
        }

        var after = (await WithWritesAsync(before, connection, transaction, cancellationToken)) with
        {
            Stage = stage,
            Percent = percent,
            Rules = change.Rules ?? before.Rules,
            Version = before.Version + 1,
            ChangedAt = time.GetUtcNow(),
        };
        await connection.ExecuteAsync(Command(
            """
            insert into slice_stage (slice_id, stage, percent, rules, version, changed_at, stood_since)
            values (@SliceId, @Stage, @Percent, @Rules, @Version, @ChangedAt, utc_timestamp(6))
            on duplicate key update stage = @Stage, percent = @Percent, rules = @Rules, version = @Version, changed_at = @ChangedAt,
                stood_since = utc_timestamp(6)
            """,
            new
            {
                after.SliceId,
                Stage = Word(after.Stage),
                after.Percent,
                Rules = JsonSerializer.Serialize(after.Rules, StageJson.Default.AudienceRules),
                after.Version,
                ChangedAt = after.ChangedAt!.Value.UtcDateTime,
            },
            transaction, cancellationToken));
        var audit = await AppendAuditAsync(connection, transaction, new AuditEntry(
            0, time.GetUtcNow(), change.Who, change.Action, change.SliceId, Json(before), Json(after), change.Reason, ""), cancellationToken);
        if (change.Recorded is { } recorded)
        {
            await recorded(connection, transaction, after, audit);
        }

        await transaction.CommitAsync(cancellationToken);
        return new StageChangeResult(before, after, audit.Id);
    }

    /// <summary>Sets the kill switch. False when it already stood so and nothing was written.</summary>
    public async Task<bool> SetKillSwitchAsync(bool on, string who, string reason, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        var changed = await connection.ExecuteAsync(Command(
            "update control_state set version = version + 1, kill_switch = @on where id = 1 and kill_switch <> @on", new { on }, transaction, cancellationToken));
        if (changed == 0)
        {
            return false;
        }

        await AppendAuditAsync(connection, transaction, new AuditEntry(
            0, time.GetUtcNow(), who, "kill-switch", null, on ? "\"off\"" : "\"on\"", on ? "\"on\"" : "\"off\"", reason, ""), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>A change of what every replica must see but that is no stage: raises the version. False: <paramref name="change"/> said no, and nothing happened.</summary>
    public async Task<bool> TouchAsync(Func<MySqlConnection, MySqlTransaction, Task<bool>> change, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        await connection.ExecuteAsync(Command("update control_state set version = version + 1 where id = 1", null, transaction, cancellationToken));
        if (!await change(connection, transaction))
        {
            return false;
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>An audit line for what is no stage change.</summary>
    public async Task RecordAsync(
        string action, string? slice, string? from, string? to, string who, string reason, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        // The same lock as every change takes: audit lines stand in one order.
        await connection.ExecuteAsync(Command("select version from control_state where id = 1 for update", null, transaction, cancellationToken));
        await AppendAuditAsync(connection, transaction, new AuditEntry(0, time.GetUtcNow(), who, action, slice, from, to, reason, ""), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>An audit line that commits with what it is about. The transaction holds the lock on <c>control_state</c>.</summary>
    public Task RecordAsync(
        MySqlConnection connection, MySqlTransaction transaction, string action, string slice, string to, string who, string reason, CancellationToken cancellationToken) =>
        AppendAuditAsync(connection, transaction, new AuditEntry(0, time.GetUtcNow(), who, action, slice, null, to, reason, ""), cancellationToken);

    /// <summary>The newest entries first, older than <paramref name="before"/> when given.</summary>
    public async Task<IReadOnlyList<AuditEntry>> ReadAuditAsync(int limit, long? before, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<AuditRow>(Command(
            """
            select id, at, who, action, slice_id, from_state, to_state, reason, hash from audit_log
            where @before is null or id < @before order by id desc limit @limit
            """,
            new { before, limit }, null, cancellationToken));
        return [.. rows.Select(row => row.ToEntry())];
    }

    /// <summary>Reads the whole log and returns the id of the first row whose hash does not fit, or null when all do.</summary>
    public async Task<long?> FindBrokenAuditAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var previous = "";
        var command = "select id, at, who, action, slice_id, from_state, to_state, reason, hash from audit_log order by id";
        await foreach (var row in connection.QueryUnbufferedAsync<AuditRow>(command).WithCancellation(cancellationToken))
        {
            var entry = row.ToEntry();
            if (entry.Hash != Hash(previous, entry))
            {
                return entry.Id;
            }

            previous = entry.Hash;
        }

        return null;
    }

    /// <summary>A stage as it stands in JSON, SQL and the command line.</summary>
    internal static string Word(Stage stage) => stage switch
    {
        Stage.Legacy => "legacy",
        Stage.Shadow => "shadow",
        Stage.Canary => "canary",
        Stage.Live => "live",
        _ => "retired",
    };

    private static async Task<StageEntry> WithWritesAsync(
        StageEntry entry, MySqlConnection connection, MySqlTransaction transaction, CancellationToken cancellationToken) =>
        WriteStates.Join([entry], await WriteStates.ReadAsync(connection, transaction, cancellationToken)).First(found => found.SliceId == entry.SliceId);

    private static async Task<AuditEntry> AppendAuditAsync(
        MySqlConnection connection, MySqlTransaction transaction, AuditEntry entry, CancellationToken cancellationToken)
    {
        var previous = await connection.QuerySingleOrDefaultAsync<string>(
            Command("select hash from audit_log order by id desc limit 1", null, transaction, cancellationToken)) ?? "";
        var rounded = entry with { At = new DateTimeOffset(entry.At.UtcTicks / 10 * 10, TimeSpan.Zero) };
        rounded = rounded with { Hash = Hash(previous, rounded) };
        var id = await connection.ExecuteScalarAsync<long>(Command(
            """
            insert into audit_log (at, who, action, slice_id, from_state, to_state, reason, hash)
            values (@At, @Who, @Action, @Slice, @From, @To, @Reason, @Hash);
            select last_insert_id()
            """,
            new { At = rounded.At.UtcDateTime, rounded.Who, rounded.Action, rounded.Slice, rounded.From, rounded.To, rounded.Reason, rounded.Hash },
            transaction, cancellationToken));
        return rounded with { Id = id };
    }

    private static string Hash(string previous, AuditEntry entry)
    {
        string?[] fields = [previous, entry.At.UtcTicks.ToString(System.Globalization.CultureInfo.InvariantCulture), entry.Who, entry.Action,
            entry.Slice, entry.From, entry.To, entry.Reason];
        return Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(fields, StageJson.Default.StringArray)));
    }

    private static string Json(StageEntry entry) => JsonSerializer.Serialize(entry, StageJson.Default.StageEntry);

    private static DateTimeOffset Utc(DateTime value) => new(DateTime.SpecifyKind(value, DateTimeKind.Utc));

    private static CommandDefinition Command(string sql, object? parameters, MySqlTransaction? transaction, CancellationToken cancellationToken) =>
        new(sql, parameters, transaction, TimeoutSeconds, cancellationToken: cancellationToken);

    private sealed class StateRow
    {
        public long Version { get; init; }

        public bool KillSwitch { get; init; }
    }

    private sealed class StageRow
    {
        public string SliceId { get; init; } = "";

        public string Stage { get; init; } = "";

        public decimal Percent { get; init; }

        public string Rules { get; init; } = "{}";

        public long Version { get; init; }

        public DateTime ChangedAt { get; init; }

        public StageEntry ToEntry() => new(
            SliceId,
            Enum.Parse<Stage>(Stage, ignoreCase: true),
            (double)Percent,
            JsonSerializer.Deserialize(Rules, StageJson.Default.AudienceRules) ?? AudienceRules.None,
            Version,
            Utc(ChangedAt));
    }

    private sealed class AuditRow
    {
        public long Id { get; init; }

        public DateTime At { get; init; }

        public string Who { get; init; } = "";

        public string Action { get; init; } = "";

        public string? SliceId { get; init; }

        public string? FromState { get; init; }

        public string? ToState { get; init; }

        public string Reason { get; init; } = "";

        public string Hash { get; init; } = "";

        public AuditEntry ToEntry() => new(Id, Utc(At), Who, Action, SliceId, FromState, ToState, Reason, Hash);
    }
}
