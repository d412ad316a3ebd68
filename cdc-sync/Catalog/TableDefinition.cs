using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Catalog;

/// <summary>A column as a server's catalogue describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DataType">The type's bare name in lower case: <c>varchar</c>.</param>
/// <param name="ColumnType">The whole type: <c>varchar(255)</c>, <c>int(10) unsigned</c>.</param>
/// <param name="CharacterSet">Null for a column that is no character column.</param>
/// <param name="Collation">As the character set.</param>
/// <param name="IsNullable">Whether it takes NULL.</param>
/// <param name="Default">The literal default as SQL, null when there is none or it is an expression.</param>
/// <param name="HasExpressionDefault">Whether the default is computed, so that old rows get a value nobody else can know.</param>
internal sealed record ColumnDefinition(
    string Name, string DataType, string ColumnType, string? CharacterSet, string? Collation, bool IsNullable, string? Default, bool HasExpressionDefault)
{
    public bool IsUnsigned => ColumnType.Contains("unsigned", StringComparison.OrdinalIgnoreCase);
}

/// <summary>A secondary index; prefix lengths stand beside the columns that have one.</summary>
internal sealed record IndexDefinition(string Name, string Kind, IReadOnlyList<(string Column, int? Prefix)> Columns);

/// <summary>A table: its columns in order, the key that tells its rows apart (null when there is none), its secondary indexes.</summary>
internal sealed record TableDefinition(
    TableName Name, IReadOnlyList<ColumnDefinition> Columns, IReadOnlyList<string>? Key, IReadOnlyList<IndexDefinition> Indexes)
{
    /// <summary>The column that counts by itself; null for none.</summary>
    public string? AutoIncrement { get; init; }

    /// <summary>The character set of columns that name none.</summary>
    public string? CharacterSet { get; init; }

    /// <summary>MariaDB: text columns that a check keeps to JSON, as its JSON type does.</summary>
    public IReadOnlyCollection<string> JsonColumns { get; init; } = [];

    /// <summary>What the columns' owners wrote beside them, by name; columns without a comment are not there.</summary>
    public IReadOnlyDictionary<string, string> Comments { get; init; } = new Dictionary<string, string>();

    public ColumnDefinition? Column(string name) => Columns.FirstOrDefault(column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase));
}
