using System.Text.Json.Serialization;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Snapshot;

namespace Strangler.CdcSync.Verify;

/// <summary>The body of <c>POST /verify</c>; without tables all of the service's, with an entity those that belong to it.</summary>
internal sealed record VerifyRequest(string? Service, IReadOnlyList<string>? Tables, bool? Repair, string? Entity, string? Key);

internal sealed record VerifyRunsView(IReadOnlyList<VerifyRunView> Runs);

internal sealed record VerifyRunView(
    string Id, string Service, string State, string Result, bool Repair, string? Entity, string? Key, DateTimeOffset OrderedAt, DateTimeOffset? FinishedAt, string? Reason,
    string? WaitsFor, IReadOnlyList<VerifyTableView> Tables, IReadOnlyList<VerifyDifferenceView>? Differences)
{
    public static string IdOf(string service, VerifyRun run) => FormattableString.Invariant($"{service}-{run.Id}");

    public static VerifyRunView Of(string service, VerifyRun run, IReadOnlyList<VerifyDifferenceView>? differences) => new(
        IdOf(service, run), service, ProgressStore.Text(run.State), run.Result(), run.Order.Repair, run.Order.Entity, run.Order.Key, run.OrderedAt, run.FinishedAt, run.Reason,
        run.WaitsFor, [.. run.Tables.Select(VerifyTableView.Of)], differences);
}

internal sealed record VerifyTableView(
    string Name, string State, long Rows, long? Estimate, long Chunks, long Missing, long Extra, long Different, long Repaired, long Unsettled, SourcePosition? Position,
    DateTimeOffset? FinishedAt, string? Reason)
{
    public static VerifyTableView Of(TableResult table) => new(
        table.Table, ProgressStore.Text(table.State), table.Rows, table.Estimate, table.Chunks, table.Missing, table.Extra, table.Different, table.Repaired, table.Open.Count,
        table.Position, table.FinishedAt, table.Reason);
}

internal sealed record VerifyDifferenceView(
    string Table, string Kind, IReadOnlyDictionary<string, string?> Key, IReadOnlyList<ColumnDifference> Columns, SourcePosition Position, bool Repaired, IReadOnlyList<string>? Meaning)
{
    public static VerifyDifferenceView Of(RowDifference difference, TableDefinition? table) => new(
        difference.Table, ProgressStore.Text(difference.Kind),
        difference.Key.Select((value, index) => (Name: table?.Key?.ElementAtOrDefault(index) ?? $"key{index}", Value: RowRecheck.Shown(value))).ToDictionary(part => part.Name, part => part.Value),
        difference.Columns, difference.Position, difference.Repaired, difference.Meaning);
}

/// <summary>How sure the mirror of a table is, in <c>/positions</c>.</summary>
internal sealed record TableVerifyView(string State, DateTimeOffset? At, long Rows, long Differences, bool Stale);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(VerifyRequest))]
[JsonSerializable(typeof(ReadModelRequest))]
[JsonSerializable(typeof(VerifyRunsView))]
[JsonSerializable(typeof(VerifyRunView))]
internal sealed partial class VerifyJson : JsonSerializerContext;
