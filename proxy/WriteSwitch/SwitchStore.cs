using System.Data;
using System.Text.Json;
using Dapper;
using MySqlConnector;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.WriteSwitch;

/// <summary>Somebody else runs the switch by now, or it has ended: whoever finds this out leaves it alone.</summary>
internal sealed class SwitchLostException(long id) : Exception($"Switch {id} is no longer run from here.");

/// <summary>A switch was asked for on the ground of an owner that is none any more.</summary>
internal sealed class SwitchOvertakenException(string slice, Side record)
    : Exception($"{SwitchStore.Name(record)} owns the data of {slice} by now: somebody was faster. Look at ./strangler switch status {slice} and ask again.");

/// <summary>
/// Switches in the control database. Every step of a switch is written under its epoch: a coordinator that was taken over can change nothing any more.
/// All times are the database's.
/// </summary>
internal sealed class SwitchStore(MySqlDataSource database, StageStore stages)
{
    private const int TimeoutSeconds = 5;
    private const int MaximumText = 2000;
    private const string Columns =
        """
        id, slice_id, scope, from_side, to_side, dry_run, who, reason, step, outcome, detail, started_at, frozen_at, released_at, finished_at,
        coordinator, epoch, cancel_by, cancel_reason
        """;

    /// <summary>Begins a switch, or returns the one of that slice that is under way.</summary>
    public async Task<(SwitchView Switch, bool Begun)> BeginAsync(SwitchOrder order, string coordinator, int leaseMilliseconds, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        // One after the other over all replicas: two people never begin the same slice's switch.
        await connection.ExecuteAsync(Command("select version from control_state where id = 1 for update", null, transaction, cancellationToken));
        var active = await connection.QueryFirstOrDefaultAsync<SwitchRow>(Command(
            $"select {Columns} from write_switch where slice_id = @Slice and outcome is null order by id limit 1", new { order.Slice }, transaction, cancellationToken));
        if (active is not null)
        {
            return (active.ToView(), false);
        }

        // Whoever asks knows the owner from a snapshot, which may be a moment old. A rehearsal begins where the storefront is, whatever the last one left.
        var record = await WriteStates.RecordOfAsync(connection, transaction, order.Slice, cancellationToken);
        if (order.Scope == WriteScope.Storefront && record != order.From)
        {
            throw new SwitchOvertakenException(order.Slice, record);
        }

        var id = await connection.ExecuteScalarAsync<long>(Command(
            """
            insert into write_switch (slice_id, scope, from_side, to_side, dry_run, who, reason, step, started_at, coordinator, epoch, lease_until)
            values (@Slice, @scope, @from, @to, @DryRun, @Who, @Reason, 'checking', utc_timestamp(6), @coordinator, 1, utc_timestamp(6) + interval @lease microsecond);
            select last_insert_id()
            """,
            new
            {
                order.Slice,
                scope = WriteStates.Word(order.Scope),
                from = WriteStates.Word(order.From),
                to = WriteStates.Word(order.To),
                order.DryRun,
                order.Who,
                order.Reason,
                coordinator,
                lease = leaseMilliseconds * 1000L,
            },
            transaction, cancellationToken));
        if (order.Overrides)
        {
            await stages.RecordAsync(connection, transaction, "override", order.Slice, $"\"switch {id} to {Name(order.To)}\"", order.Who, order.Reason, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return ((await ReadAsync(id, cancellationToken))!, true);
    }

    public async Task<SwitchView?> ReadAsync(long id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var row = await connection.QueryFirstOrDefaultAsync<SwitchRow>(Command($"select {Columns} from write_switch where id = @id", new { id }, null, cancellationToken));
        return row is null ? null : await WithDetailsAsync(row.ToView(), connection, cancellationToken);
    }

    /// <summary>The newest switches of a slice.</summary>
    public async Task<IReadOnlyList<SwitchView>> ListAsync(string slice, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = (await connection.QueryAsync<SwitchRow>(Command(
            $"select {Columns} from write_switch where slice_id = @slice order by id desc limit @limit", new { slice, limit }, null, cancellationToken))).AsList();
        var views = rows.ConvertAll(row => row.ToView());
        if (views.Count > 0)
        {
            views[0] = await WithDetailsAsync(views[0], connection, cancellationToken);
        }

        return views;
    }

    /// <summary>Notes what happened and in which step the switch is.</summary>
    public async Task NoteAsync(SwitchView view, SwitchStep step, string text, bool ok, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await NoteAsync(connection, null, view, step, text, ok, "", cancellationToken);
    }

    /// <summary>Sets the gate of the switch's scope at every replica, together with the step that means.</summary>
    public Task SetGateAsync(SwitchView view, SwitchStep step, WriteGateState gate, string text, CancellationToken cancellationToken) =>
        TouchAsync(view, async (connection, transaction) =>
        {
            await NoteAsync(connection, transaction, view, step, text, true, gate == WriteGateState.Frozen ? ", frozen_at = utc_timestamp(6)" : "", cancellationToken);
            await WriteStates.WriteAsync(connection, transaction, view.Slice, view.Scope, new WriteState(view.From, gate, view.Id), cancellationToken);
        }, cancellationToken);

    /// <summary>
    /// The moment of the switch: record, stage, audit line and the end of the freeze in one transaction, unless somebody has cancelled it before.
    /// False: cancelled, or the slice was changed meanwhile.
    /// </summary>
    public async Task<bool> FlipAsync(SwitchView view, StageChange change, CancellationToken cancellationToken)
    {
        async Task<bool> Together(MySqlConnection connection, MySqlTransaction transaction)
        {
            var cancelled = await connection.QuerySingleAsync<bool>(Command(
                "select cancel_by is not null from write_switch where id = @Id for update", new { view.Id }, transaction, cancellationToken));
            if (cancelled)
            {
                return false;
            }

            await NoteAsync(connection, transaction, view, SwitchStep.Releasing, $"the record is with {Name(view.To)}", true, ", released_at = utc_timestamp(6)", cancellationToken);
            await WriteStates.WriteAsync(connection, transaction, view.Slice, view.Scope, new WriteState(view.To, WriteGateState.Open, null), cancellationToken);
            return true;
        }

        return view.Scope == WriteScope.Storefront
            ? (await stages.ChangeAsync(change, Together, cancellationToken)).After is not null
            : await stages.TouchAsync(Together, cancellationToken);
    }

    /// <summary>Ends a switch that has not moved anything: the gate open, the record where it was.</summary>
    public Task UndoAsync(SwitchView view, SwitchOutcome outcome, string detail, CancellationToken cancellationToken) =>
        TouchAsync(view, async (connection, transaction) =>
        {
            // A record that has moved is not taken back by a coordinator that did not see it: its update waits for the move, and finds it here.
            await EndAsync(connection, transaction, view, outcome, detail, ", released_at = if(frozen_at is null, null, utc_timestamp(6))", cancellationToken, " and step <> 'releasing'");
            await WriteStates.WriteAsync(connection, transaction, view.Slice, view.Scope, new WriteState(view.From, WriteGateState.Open, null), cancellationToken);
        }, cancellationToken);

    /// <summary>Ends a switch whose gate is open.</summary>
    public async Task EndAsync(SwitchView view, SwitchOutcome outcome, string detail, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await EndAsync(connection, null, view, outcome, detail, "", cancellationToken);
    }

    /// <summary>Says that the coordinator lives, and hears whether somebody wants the switch cancelled.</summary>
    public async Task<(string Who, string Reason)?> RenewAsync(SwitchView view, int leaseMilliseconds, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.ExecuteAsync(Command(
            "update write_switch set lease_until = utc_timestamp(6) + interval @lease microsecond where id = @Id and epoch = @Epoch and outcome is null",
            new { lease = leaseMilliseconds * 1000L, view.Id, view.Epoch }, null, cancellationToken));
        if (rows == 0)
        {
            throw new SwitchLostException(view.Id);
        }

        var row = await connection.QuerySingleAsync<SwitchRow>(Command($"select {Columns} from write_switch where id = @Id", new { view.Id }, null, cancellationToken));
        return row.CancelBy is null ? null : (row.CancelBy, row.CancelReason ?? "");
    }

    /// <summary>Asks whoever runs the slice's switch to cancel it. Null: none is under way.</summary>
    public async Task<SwitchView?> CancelAsync(string slice, string who, string reason, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(Command(
            "update write_switch set cancel_by = @who, cancel_reason = @reason where slice_id = @slice and outcome is null and step <> 'releasing' and cancel_by is null",
            new { slice, who, reason }, null, cancellationToken));
        var row = await connection.QueryFirstOrDefaultAsync<SwitchRow>(Command(
            $"select {Columns} from write_switch where slice_id = @slice and outcome is null limit 1", new { slice }, null, cancellationToken));
        return row?.ToView();
    }

    /// <summary>Takes one switch whose coordinator is not heard any more. Null: there is none.</summary>
    public async Task<SwitchView?> TakeOverAsync(string coordinator, int leaseMilliseconds, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var row = await connection.QueryFirstOrDefaultAsync<SwitchRow>(Command(
            $"select {Columns} from write_switch where outcome is null and lease_until < utc_timestamp(6) order by id limit 1", null, null, cancellationToken));
        if (row is null)
        {
            return null;
        }

        var taken = await connection.ExecuteAsync(Command(
            """
            update write_switch set coordinator = @coordinator, epoch = epoch + 1, lease_until = utc_timestamp(6) + interval @lease microsecond
            where id = @Id and epoch = @Epoch and outcome is null and lease_until < utc_timestamp(6)
            """,
            new { coordinator, lease = leaseMilliseconds * 1000L, row.Id, row.Epoch }, null, cancellationToken));
        if (taken == 0)
        {
            return null;
        }

        // Read again: the update may have waited for a step that was just being written.
        var now = await connection.QuerySingleAsync<SwitchRow>(Command($"select {Columns} from write_switch where id = @Id", new { row.Id }, null, cancellationToken));
        return now.Outcome is null && now.Epoch == row.Epoch + 1 ? now.ToView() : null;
    }

    /// <summary>What this replica has to say in a switch.</summary>
    public async Task ConfirmAsync(long switchId, string replica, WriteGateCounts counts, WriteGateState gate, long version, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(Command(
            """
            insert into write_switch_replica (switch_id, replica, gate, in_flight, held, refused, version, confirmed_at)
            values (@switchId, @replica, @gate, @InFlight, @Held, @Refused, @version, utc_timestamp(6))
            on duplicate key update gate = @gate, in_flight = @InFlight, held = @Held, refused = @Refused, version = @version, confirmed_at = utc_timestamp(6)
            """,
            new { switchId, replica, gate = WriteStates.Word(gate), counts.InFlight, counts.Held, counts.Refused, version }, null, cancellationToken));
    }

    public async Task<IReadOnlyList<SwitchReplicaView>> ReadReplicasAsync(long switchId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await ReadReplicasAsync(connection, switchId, cancellationToken);
    }

    internal static string Name(Side side) => side == Side.Extracted ? "the service" : "Magento";

    private static async Task<IReadOnlyList<SwitchReplicaView>> ReadReplicasAsync(MySqlConnection connection, long switchId, CancellationToken cancellationToken) =>
        [.. (await connection.QueryAsync<SwitchReplicaRow>(Command(
            "select replica, gate, in_flight, held, refused, version, confirmed_at from write_switch_replica where switch_id = @switchId order by replica",
            new { switchId }, null, cancellationToken))).Select(row => row.ToView())];

    private static async Task<SwitchView> WithDetailsAsync(SwitchView view, MySqlConnection connection, CancellationToken cancellationToken) => view with
    {
        Steps = [.. (await connection.QueryAsync<SwitchStepRow>(Command(
            "select step, at, text, ok from write_switch_step where switch_id = @Id order by id", new { view.Id }, null, cancellationToken))).Select(row => row.ToLine())],
        Replicas = await ReadReplicasAsync(connection, view.Id, cancellationToken),
    };

    private async Task TouchAsync(SwitchView view, Func<MySqlConnection, MySqlTransaction, Task> change, CancellationToken cancellationToken) =>
        _ = await stages.TouchAsync(
            async (connection, transaction) =>
            {
                await change(connection, transaction);
                return true;
            },
            cancellationToken);

    private static async Task NoteAsync(
        MySqlConnection connection, MySqlTransaction? transaction, SwitchView view, SwitchStep step, string text, bool ok, string set, CancellationToken cancellationToken)
    {
        // 'set' is a constant of this class: columns that belong to a step.
        var rows = await connection.ExecuteAsync(Command(
            $"""
            insert into write_switch_step (switch_id, step, at, text, ok)
            select id, @step, utc_timestamp(6), @text, @ok from write_switch where id = @Id and epoch = @Epoch and outcome is null;
            update write_switch set step = @step{set} where id = @Id and epoch = @Epoch and outcome is null
            """,
            new { step = Word(step), text = Short(text), ok, view.Id, view.Epoch }, transaction, cancellationToken));
        if (rows == 0)
        {
            throw new SwitchLostException(view.Id);
        }
    }

    private static async Task EndAsync(
        MySqlConnection connection, MySqlTransaction? transaction, SwitchView view, SwitchOutcome outcome, string detail, string set, CancellationToken cancellationToken,
        string where = "")
    {
        var word = JsonNamingPolicy.CamelCase.ConvertName(outcome.ToString());
        var rows = await connection.ExecuteAsync(Command(
            $"update write_switch set step = 'ended', outcome = @word, detail = @detail, finished_at = utc_timestamp(6){set} where id = @Id and epoch = @Epoch and outcome is null{where}",
            new { word, detail = Short(detail), view.Id, view.Epoch }, transaction, cancellationToken));
        if (rows == 0)
        {
            throw new SwitchLostException(view.Id);
        }
    }

    private static string Short(string text) => text.Length > MaximumText ? text[..MaximumText] : text;

    private static string Word(SwitchStep step) => JsonNamingPolicy.CamelCase.ConvertName(step.ToString());

    private static CommandDefinition Command(string sql, object? parameters, MySqlTransaction? transaction, CancellationToken cancellationToken) =>
        new(sql, parameters, transaction, TimeoutSeconds, cancellationToken: cancellationToken);
}
