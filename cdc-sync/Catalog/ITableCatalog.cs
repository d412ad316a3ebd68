using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Catalog;

/// <summary>What the source's catalogue says about a table now.</summary>
internal interface ITableCatalog
{
    TableDefinition? Find(TableName table);
}
