using MySqlConnector;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Routing;
using Strangler.CdcSync.Snapshot;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.Apply;

/// <summary>
/// Keeps the mirrors' definitions those of the source, at start and when DDL comes by, and decides which tables must be copied. Used by the
/// applying side alone.
/// </summary>
internal sealed partial class TableFollower(MySqlConnection connection, TargetFlavor flavor, TargetContext context, ILogger<TableFollower> logger)
{
    private const int MaximumReason = 300;

    private readonly Dictionary<string, MirrorTable> _tables = [];

    public MirrorSet Mirrors { get; private set; } = new([], []);

    /// <summary>Brings every subscribed table in line and takes up where the copies were left; a new subscription's tables wait to be copied.</summary>
    public async Task StartAsync(IReadOnlyList<TableCopy> remembered, CancellationToken cancellationToken)
    {
        foreach (var subscription in context.Subscription.Tables)
        {
            var known = remembered.FirstOrDefault(copy => copy.Table == subscription.Name);
            var definition = context.Catalog.Find(subscription.Name) ?? throw new InvalidDataException(
                $"The subscription of '{context.Service}' names the table '{subscription.Name}', which is not in the source's database '{context.Catalog.Database}' (or its user may not read it).");
            var copy = await BringAsync(subscription, definition, known, cancellationToken)
                ?? throw new InvalidDataException($"The table {definition.Name} has neither a primary key nor a unique key without NULLs; rows of such a table cannot be told apart.");
            await ProgressStore.SaveAsync(connection, copy, cancellationToken);
            context.Copies.Set(copy);
        }

        foreach (var gone in remembered.Where(copy => context.Subscription.Tables.All(table => table.Name != copy.Table)))
        {
            await ProgressStore.RemoveAsync(connection, gone.Table, cancellationToken);
        }

        Rebuild();
        WarnOfParents();
    }

    /// <summary>Follows DDL; gives the copies that changed, to be saved with the transaction that brought it.</summary>
    public async Task<List<TableCopy>> FollowAsync(IReadOnlyList<Change> changes, CancellationToken cancellationToken)
    {
        var copies = new List<TableCopy>();
        var touched = changes.SelectMany(change => change is TablesRenamed renamed ? renamed.AsReplaced() : change is TableChange other ? [other] : []).Where(change => change.What is TableEvent.DefinitionChanged or TableEvent.Replaced).GroupBy(change => change.Table.Name);
        foreach (var table in touched)
        {
            if (context.Subscription.Tables.FirstOrDefault(subscribed => subscribed.Name == table.Key) is not { } subscription)
            {
                continue;
            }

            var old = context.Copies.Find(table.Key)!;
            var definition = context.Catalog.Find(table.Key);
            var copy = definition is null
                ? old with { State = CopyState.Missing, Reason = "dropped or renamed at the source", LastKey = null, Rows = 0 }
                : await BringAsync(subscription, definition, old, cancellationToken)
                    ?? old with { State = CopyState.Stopped, Reason = "has neither a primary key nor a unique key without NULLs any more" };
            if (copy.State is CopyState.Streaming or CopyState.Copying && table.Any(change => change.What == TableEvent.Replaced))
            {
                copy = Again(copy);
            }

            if (copy != old)
            {
                copies.Add(copy with { Generation = old.Generation + 1 });
                Log.Followed(logger, table.Key, table.First().Statement, ProgressStore.Text(copy.State));
            }
        }

        Rebuild();
        return copies;
    }

    /// <summary>Why a table that was just filled is compared once more.</summary>
    public const string Unsure = "rows went by a cascade while it was copied: it is compared once more";

    /// <summary>Whether the mirror sorts a table's keys as the source does; else a range of keys is not the same rows on both sides.</summary>
    public bool SortsAlike(TableDefinition definition) => definition.Key!.All(name => flavor.SortsAlike(definition.Column(name)!));

    /// <summary>Orders a table to be copied again over what is there.</summary>
    public TableCopy CopyAgain(string table, string reason)
    {
        var old = context.Copies.Find(table)!;
        reason = reason.Length > MaximumReason ? reason[..MaximumReason] + "…" : reason;
        Log.CopiedAgain(logger, table, reason);
        return Again(old) with { Generation = old.Generation + 1, Reason = $"copied again: {reason}" };
    }

    private static TableCopy Again(TableCopy copy) => copy with { State = CopyState.Pending, Mode = CopyMode.Compare, LastKey = null, Rows = 0, Reason = null };

    /// <returns>Null when the table cannot be mirrored.</returns>
    private async Task<TableCopy?> BringAsync(TableSubscription subscription, TableDefinition definition, TableCopy? known, CancellationToken cancellationToken)
    {
        if (definition.Key is null)
        {
            _tables.Remove(subscription.Name);
            return null;
        }

        var text = MirrorSchema.Text(definition);
        var result = await new MirrorSchema(connection, flavor).BringAsync(definition, known?.Definition, cancellationToken);
        _tables[subscription.Name] = new MirrorTable(definition, subscription);
        if (known is null || result == SchemaResult.Created)
        {
            return new TableCopy(subscription.Name, CopyState.Pending, CopyMode.Fill, null, 0, text, null, known?.Generation ?? 0);
        }

        var copy = known with { Definition = text };
        // An interrupted fill goes on where it was; a finished one that must run again compares.
        return result == SchemaResult.NeedsCopy || copy.State is CopyState.Missing or CopyState.Stopped ? Again(copy) : copy;
    }

    private void Rebuild() => Mirrors = new MirrorSet(_tables.Values, context.Catalog.ForeignKeys);

    private void WarnOfParents()
    {
        var mirrored = _tables.Keys.ToHashSet();
        foreach (var key in context.Catalog.ForeignKeys.Where(key => mirrored.Contains(key.Child) && !mirrored.Contains(key.Parent)))
        {
            if (context.Catalog.ForeignKeys.Any(upper => upper.Child == key.Parent && upper.OnDelete == ReferentialAction.Cascade && upper.Parent != key.Parent))
            {
                Log.ParentUnmirrored(logger, key.Parent, key.Child, context.Service);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.TableDefinitionFollowed, LogLevel.Information, "{Table}: followed {Statement}; the table is now {State}")]
        public static partial void Followed(ILogger logger, string table, string statement, string state);

        [LoggerMessage(EventIds.TableCopyAgain, LogLevel.Warning, "{Table}: its rows changed in a way the log does not show ({Reason}); it is copied again")]
        public static partial void CopiedAgain(ILogger logger, string table, string reason);

        [LoggerMessage(EventIds.CascadeParentUnmirrored, LogLevel.Warning,
            "{Parent} is itself deleted by cascade and is not mirrored, so rows of {Child} that go with it cannot be told: add {Parent} to the subscription of {Service}")]
        public static partial void ParentUnmirrored(ILogger logger, string parent, string child, string service);
    }
}
