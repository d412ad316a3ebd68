using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Catalog;

/// <summary>What the source's catalogue says about a table now.</summary>
internal interface ITableCatalog
{
    TableDefinition? Find(TableName table);

    /// <summary>Every table whose rows matter.</summary>
    IEnumerable<TableName> Tables { get; }

    /// <summary>Tables in which the server itself may change rows when those of this one change: children by foreign keys, and theirs.</summary>
    IEnumerable<TableName> ChangedWith(TableName table);

    /// <summary>Where the source's log ended after the definitions were read: statements up to there may be in them already; null when that is not known.</summary>
    SourcePosition? ReadBefore { get; }
}
