using Dapper;
using MySqlConnector;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.WriteSwitch;

/// <summary>Table <c>write_state</c>. Written only together with what it belongs to, in the caller's transaction.</summary>
internal static class WriteStates
{
    public static async Task<IReadOnlyList<WriteStateRow>> ReadAsync(MySqlConnection connection, MySqlTransaction transaction, CancellationToken cancellationToken) =>
        (await connection.QueryAsync<WriteStateRow>(new CommandDefinition(
            "select slice_id, scope, record, gate, switch_id from write_state", null, transaction, 5, cancellationToken: cancellationToken))).AsList();

    /// <summary>The owner of a slice's data. Magento, where nobody said otherwise.</summary>
    public static async Task<Side> RecordOfAsync(MySqlConnection connection, MySqlTransaction transaction, string slice, CancellationToken cancellationToken) =>
        await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            "select record from write_state where slice_id = @slice and scope = @scope", new { slice, scope = Word(WriteScope.Storefront) }, transaction, 5, cancellationToken: cancellationToken)) == Word(Side.Extracted)
            ? Side.Extracted
            : Side.Magento;

    /// <summary>Stage entries with their slices' write states; a slice that has only the latter gets an entry.</summary>
    public static IEnumerable<StageEntry> Join(IEnumerable<StageEntry> entries, IReadOnlyList<WriteStateRow> rows)
    {
        if (rows.Count == 0)
        {
            return entries;
        }

        var bySlice = entries.ToDictionary(entry => entry.SliceId, StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var entry = bySlice.GetValueOrDefault(row.SliceId) ?? StageEntry.Initial(row.SliceId);
            bySlice[row.SliceId] = row.Scope == Word(WriteScope.Storefront) ? entry with { Writes = row.ToState() } : entry with { Rehearsal = row.ToState() };
        }

        return bySlice.Values;
    }

    public static Task WriteAsync(
        MySqlConnection connection, MySqlTransaction transaction, string slice, WriteScope scope, WriteState state, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            """
            insert into write_state (slice_id, scope, record, gate, switch_id, changed_at) values (@slice, @scope, @record, @gate, @switchId, utc_timestamp(6))
            on duplicate key update record = @record, gate = @gate, switch_id = @switchId, changed_at = utc_timestamp(6)
            """,
            new { slice, scope = Word(scope), record = Word(state.Record), gate = Word(state.Gate), switchId = state.SwitchId },
            transaction, 5, cancellationToken: cancellationToken));

    public static string Word(WriteScope scope) => scope == WriteScope.Rehearsal ? "rehearsal" : "storefront";

    public static string Word(Side side) => side == Side.Extracted ? "extracted" : "magento";

    public static string Word(WriteGateState gate) => gate switch
    {
        WriteGateState.Armed => "armed",
        WriteGateState.Frozen => "frozen",
        _ => "open",
    };
}

/// <summary>One row of <c>write_state</c>.</summary>
internal sealed class WriteStateRow
{
    public string SliceId { get; init; } = "";

    public string Scope { get; init; } = "";

    public string Record { get; init; } = "";

    public string Gate { get; init; } = "";

    public long? SwitchId { get; init; }

    public WriteState ToState() => new(Enum.Parse<Side>(Record, ignoreCase: true), Enum.Parse<WriteGateState>(Gate, ignoreCase: true), SwitchId);
}
