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
    private readonly Dictionary<string, int> _generations = [];
    private IReadOnlyList<ForeignKey> _keys = [];

    public MirrorSet Mirrors { get; private set; } = new([], []);

    /// <summary>Brings every subscribed table in line and takes up where the copies were left; a new subscription's tables wait to be copied.</summary>
    public async Task StartAsync(IReadOnlyList<TableCopy> remembered, CancellationToken cancellationToken)
    {
        await WatchAsync(cancellationToken);
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

        foreach (var name in context.Catalog.Shadows)
        {
            var known = remembered.FirstOrDefault(copy => copy.Table == name);
            if (context.DefinitionOf(name) is { } definition && await BringAsync(new TableSubscription(name, null), definition, known, cancellationToken) is { } copy)
            {
                await ProgressStore.SaveAsync(connection, copy, cancellationToken);
                context.Copies.Set(copy);
            }
            else if (InternalTables.IsReplica(name, context.Subscription, context.Options.ReplicaSuffix) is false)
            {
                Log.ParentWithoutKey(logger, name, context.Service);
            }
        }

        foreach (var gone in remembered.Where(copy => !_tables.ContainsKey(copy.Table)))
        {
            await ProgressStore.RemoveAsync(connection, gone.Table, cancellationToken);
        }

        Rebuild();
    }

    /// <summary>Follows DDL; gives the copies that changed, to be saved with the transaction that brought it.</summary>
    public async Task<List<TableCopy>> FollowAsync(IReadOnlyList<Change> changes, IReadOnlyList<Swap> swaps, CancellationToken cancellationToken)
    {
        await WatchAsync(cancellationToken);
        var copies = new List<TableCopy>();
        var touched = changes.SelectMany(change => change is TablesRenamed renamed ? renamed.AsReplaced() : change is TableChange other ? [other] : [])
            .Where(change => change.What is TableEvent.DefinitionChanged or TableEvent.Replaced && change.Table.Database == context.Catalog.Database)
            .GroupBy(change => change.Table.Name);
        foreach (var table in touched)
        {
            if (swaps.Any(swap => swap.Table.Name == table.Key || (swap.IsExchange && swap.Replica.Name == table.Key)))
            {
                continue;
            }

            var subscription = context.Subscription.Tables.FirstOrDefault(subscribed => subscribed.Name == table.Key)
                ?? (context.Catalog.Shadows.Contains(table.Key) ? new TableSubscription(table.Key, null) : null);
            if (subscription is null || await FollowAsync(subscription, [.. table], cancellationToken) is not { } copy)
            {
                continue;
            }

            copies.Add(copy);
            Log.Followed(logger, table.Key, table.First().Statement, ProgressStore.Text(copy.State));
        }

        await FollowKeysAsync(changes, swaps, copies, cancellationToken);
        Rebuild();
        return copies;
    }

    /// <summary>Foreign keys decide which further tables are mirrored, by which columns, and what goes with whose rows.</summary>
    private async Task FollowKeysAsync(IReadOnlyList<Change> changes, IReadOnlyList<Swap> swaps, List<TableCopy> copies, CancellationToken cancellationToken)
    {
        var shadows = context.Catalog.Shadows;
        foreach (var gone in _tables.Keys.Where(name => !context.IsSubscribed(name) && !shadows.Contains(name)).ToList())
        {
            // Its rows are not told from here on.
            _tables.Remove(gone);
            _generations[gone] = context.Copies.Find(gone)?.Generation ?? 0;
            copies.RemoveAll(copy => copy.Table == gone);
            await ProgressStore.RemoveAsync(connection, gone, cancellationToken);
            context.Copies.Remove(gone);
        }

        foreach (var name in shadows.Where(name => copies.All(copy => copy.Table != name) && !swaps.Any(swap => swap.Replica.Name == name)))
        {
            if (context.DefinitionOf(name) is { Key: not null } definition && !IsMirrored(definition)
                && await FollowAsync(new TableSubscription(name, null), [], cancellationToken) is { } copy)
            {
                copies.Add(copy);
            }
        }

        var unsure = ForeignKeyChanges.Reach(_keys, context.Catalog.ForeignKeys);
        unsure.UnionWith(ForeignKeyChanges.Below(
            changes.OfType<TableChange>().Where(change => change.Table.Database == context.Catalog.Database && ForeignKeyChanges.IsIn(change.Statement)).Select(change => change.Table.Name),
            context.Catalog.ForeignKeys));
        copies.AddRange(unsure.Where(name => _tables.ContainsKey(name) && copies.All(copy => copy.Table != name))
            .Select(context.Copies.Find).OfType<TableCopy>().Where(copy => copy.State is CopyState.Streaming or CopyState.Copying)
            .Select(copy => CopyAgain(copy.Table, "foreign keys changed by which its rows go")));
    }

    private bool IsMirrored(TableDefinition definition) => _tables.TryGetValue(definition.Name.Name, out var table)
        && table.Columns.SequenceEqual(definition.Columns) && table.Definition.Key!.SequenceEqual(definition.Key!);

    /// <summary>The tables that trade places by a transaction's statements and can be made to do the same here.</summary>
    public List<Swap> Swaps(IReadOnlyList<Change> changes) => changes is [TablesRenamed renamed]
        ? [.. TableSwap.Of(renamed, context.Catalog.Database, Mirrors, IsComplete)]
        : [];

    // What the source says of it now must be what the mirror was made from, else more has happened than a swap.
    private bool IsComplete(string table) => context.Copies.Find(table) is { State: CopyState.Streaming } && context.DefinitionOf(table) is var definition
        && (definition is null || definition.Columns.SequenceEqual(Mirrors.Find(table)!.Columns));

    private async Task<TableCopy?> FollowAsync(TableSubscription subscription, IReadOnlyList<TableChange> changes, CancellationToken cancellationToken)
    {
        var old = context.Copies.Find(subscription.Name);
        var definition = context.DefinitionOf(subscription.Name);
        if (old is null && definition?.Key is null)
        {
            return null;
        }

        var copy = definition is null
            ? old! with { State = CopyState.Missing, Reason = "dropped or renamed at the source", LastKey = null, Rows = 0 }
            : await BringAsync(subscription, definition, old, cancellationToken)
                ?? old! with { State = CopyState.Stopped, Reason = "has neither a primary key nor a unique key without NULLs any more" };
        if (old is not null && copy.State is CopyState.Streaming or CopyState.Copying
            && changes.Any(change => change.What == TableEvent.Replaced || !AreClear(change.Statement, old!, definition!)))
        {
            copy = Again(copy);
        }

        return copy == old ? null : copy with { Generation = (old?.Generation ?? _generations.GetValueOrDefault(subscription.Name)) + 1 };
    }

    // The catalogue knows foreign keys only once it was loaded, and further tables only once it was told of them.
    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        while (InternalTables.Names(context.Subscription, context.Options.ReplicaSuffix, context.Catalog.ForeignKeys) is var names && !names.SetEquals(context.Catalog.Shadows))
        {
            context.Catalog.Shadows = names;
            context.Copies.Aside = names.Where(name => InternalTables.IsReplica(name, context.Subscription, context.Options.ReplicaSuffix)).ToHashSet();
            await context.Catalog.LoadAsync(cancellationToken);
        }
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

    private static bool AreClear(string statement, TableCopy old, TableDefinition now) => old.Definition is not null
        && ColumnSteps.AreClear(statement, MirrorSchema.ColumnsOf(old.Definition), [.. now.Columns.Select(column => column.Name)]);

    private static TableCopy Again(TableCopy copy) => copy with { State = CopyState.Pending, Mode = CopyMode.Compare, LastKey = null, Rows = 0, Reason = null };

    /// <returns>Null when the table cannot be mirrored.</returns>
    private async Task<TableCopy?> BringAsync(TableSubscription subscription, TableDefinition definition, TableCopy? known, CancellationToken cancellationToken)
    {
        if (definition.Key is null)
        {
            _tables.Remove(subscription.Name);
            return null;
        }

        var isPart = context.Catalog.Find(subscription.Name) is { } whole && whole.Columns.Count > definition.Columns.Count;
        var text = MirrorSchema.Text(definition, isPart);
        var result = await new MirrorSchema(connection, flavor).BringAsync(definition, isPart, known?.Definition, cancellationToken);
        _tables[subscription.Name] = new MirrorTable(definition, subscription) { IsSubscribed = context.IsSubscribed(subscription.Name) };
        if (known is null || result == SchemaResult.Created)
        {
            return new TableCopy(subscription.Name, CopyState.Pending, CopyMode.Fill, null, 0, text, null, known?.Generation ?? 0);
        }

        var copy = known with { Definition = text };
        // An interrupted fill goes on where it was; a finished one that must run again compares.
        return result == SchemaResult.NeedsCopy || copy.State is CopyState.Missing or CopyState.Stopped ? Again(copy) : copy;
    }

    private void Rebuild()
    {
        _keys = context.Catalog.ForeignKeys;
        Mirrors = new MirrorSet(_tables.Values, _keys);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.TableDefinitionFollowed, LogLevel.Information, "{Table}: followed {Statement}; the table is now {State}")]
        public static partial void Followed(ILogger logger, string table, string statement, string state);

        [LoggerMessage(EventIds.TableCopyAgain, LogLevel.Warning, "{Table}: its rows changed in a way the log does not show ({Reason}); it is copied again")]
        public static partial void CopiedAgain(ILogger logger, string table, string reason);

        [LoggerMessage(EventIds.CascadeParentUnmirrored, LogLevel.Warning,
            "{Table} is itself deleted by cascade and has no key by which it could be followed: what goes with its rows cannot be told to {Service}")]
        public static partial void ParentWithoutKey(ILogger logger, string table, string service);
    }
}
