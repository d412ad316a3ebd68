using System.Collections.Frozen;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Catalog;

/// <summary>
/// The source's definitions of the tables a target is interested in, and its foreign keys. Loaded at start and again after each DDL; readers
/// on any thread see one state or the next.
/// </summary>
internal sealed class SourceCatalog(ICatalogReader reader, string database, IReadOnlyCollection<string> subscribed) : ITableCatalog
{
    private State _state = new(FrozenDictionary<string, TableDefinition>.Empty, [], null);
    private IReadOnlySet<string> _shadows = FrozenSet<string>.Empty;

    public string Database { get; } = database;

    public IReadOnlyList<ForeignKey> ForeignKeys => Volatile.Read(ref _state).ForeignKeys;

    /// <summary>
    /// Further tables whose rows the applying side wants to be told of, such as those that will trade places with a mirrored one. Set by
    /// that side at any time; their rows come from then on, their definitions with the next load.
    /// </summary>
    public IReadOnlySet<string> Shadows
    {
        get => Volatile.Read(ref _shadows);
        set => Volatile.Write(ref _shadows, value);
    }

    public IEnumerable<TableName> Tables => Volatile.Read(ref _state).Tables.Values.Select(table => table.Name);

    public IEnumerable<TableName> ChangedWith(TableName table)
    {
        var state = Volatile.Read(ref _state);
        var found = new HashSet<string> { table.Name };
        var open = new Stack<string>(found);
        while (table.Database == Database && open.TryPop(out var parent))
        {
            foreach (var key in state.ForeignKeys.Where(key => key.Parent == parent && found.Add(key.Child)))
            {
                open.Push(key.Child);
            }
        }

        return found.Where(name => name != table.Name && state.Tables.ContainsKey(name)).Select(name => new TableName(Database, name));
    }

    public SourcePosition? ReadBefore => Volatile.Read(ref _state).ReadBefore;

    public TableDefinition? Find(TableName table) => table.Database == Database ? Find(table.Name) : null;

    public TableDefinition? Find(string table) => Volatile.Read(ref _state).Tables.GetValueOrDefault(table);

    /// <summary>Whether the log's rows of this table matter: it is mirrored, or the server changes mirrored rows when its rows go.</summary>
    public bool IsWanted(TableName table) => table.Database == Database
        && (subscribed.Contains(table.Name) || Volatile.Read(ref _state).Tables.ContainsKey(table.Name) || Shadows.Contains(table.Name));

    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        var content = await reader.ReadAsync(
            Database, keys => [.. subscribed.Union(keys.Where(key => subscribed.Contains(key.Child)).Select(key => key.Parent)).Union(Shadows)], cancellationToken);
        Volatile.Write(ref _state, new State(content.Tables.ToFrozenDictionary(table => table.Name.Name), content.ForeignKeys, content.ReadBefore));
    }

    private sealed record State(FrozenDictionary<string, TableDefinition> Tables, IReadOnlyList<ForeignKey> ForeignKeys, SourcePosition? ReadBefore);
}
