using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Debezium.Topics;

namespace Strangler.CdcSync.Debezium;

/// <summary>The catalogue as the schema-change topic tells it, where there is no database to ask.</summary>
internal sealed class TopicCatalog(SchemaHistory history) : ICatalogReader
{
    public Task<CatalogContent> ReadAsync(string database, Func<IReadOnlyList<ForeignKey>, IReadOnlyCollection<string>> wanted, CancellationToken cancellationToken)
    {
        var keys = history.ForeignKeys.Where(key => key.HasAction).ToList();
        var names = wanted(keys).ToHashSet();
        return Task.FromResult(new CatalogContent([.. history.Latest(database).Where(table => names.Contains(table.Name.Name))], keys, null));
    }
}
