namespace Strangler.CdcSync.Changes;

/// <summary>What happened to a row.</summary>
internal enum RowOperation : byte
{
    Insert,
    Update,
    Delete,
}

/// <summary>The name of a table with its database.</summary>
internal readonly record struct TableName(string Database, string Name)
{
    public override string ToString() => $"{Database}.{Name}";
}

/// <summary>The columns of a table as one change knows them: an old change knows the columns of its time.</summary>
internal sealed class TableShape(TableName table, IReadOnlyList<string> columns)
{
    public TableName Table { get; } = table;

    public IReadOnlyList<string> Columns { get; } = columns;

    /// <summary>Where a column stands; less than zero where there is none of that name.</summary>
    public int IndexOf(string column)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            if (string.Equals(Columns[i], column, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }
}

/// <summary>One thing that happened in a source transaction, in its order.</summary>
internal abstract class Change
{
    public abstract TableName Table { get; }
}

/// <summary>
/// One row, before and after; <see cref="Before"/> is null for an insert, <see cref="After"/> for a delete. Values stand in the order of
/// the shape's columns and may be absent when the server logged a partial image.
/// </summary>
internal sealed class RowChange(TableShape shape, RowOperation operation, ColumnValue[]? before, ColumnValue[]? after, bool foreignKeyChecks = true) : Change
{
    public TableShape Shape { get; } = shape;

    public override TableName Table => Shape.Table;

    public RowOperation Operation { get; } = operation;

    public ColumnValue[]? Before { get; } = before;

    public ColumnValue[]? After { get; } = after;

    /// <summary>A column was changed whose value after is not known: it is absent, and not because it stayed as it was. Only reading the row tells.</summary>
    public bool IsIncomplete { get; init; }

    /// <summary>False when the session had switched foreign keys off: then the server carried out no cascade.</summary>
    public bool ForeignKeyChecks { get; } = foreignKeyChecks;
}

/// <summary>What a statement did to a table as a whole.</summary>
internal enum TableEvent
{
    Truncated,

    /// <summary>Created, altered, renamed or dropped: its definition must be looked at again, its rows too when it is another table now.</summary>
    DefinitionChanged,

    /// <summary>Another table took this name, or the table is gone: its rows are not those known.</summary>
    Replaced,

    /// <summary>Rows were changed by a statement that was logged as text, which no reader of rows can follow.</summary>
    ChangedByStatement,
}

/// <summary>A statement that touched a table as a whole.</summary>
internal sealed class TableChange(TableName table, TableEvent what, string statement) : Change
{
    public override TableName Table { get; } = table;

    public TableEvent What { get; } = what;

    public string Statement { get; } = statement;
}

/// <summary>One step of a RENAME TABLE.</summary>
internal readonly record struct TableRename(TableName From, TableName To);

/// <summary>
/// A statement that gave tables other names, step by step in its order: <c>t TO t_outdated, t_replica TO t</c> lets two tables trade places,
/// rows and all.
/// </summary>
internal sealed class TablesRenamed(IReadOnlyList<TableRename> steps, string statement) : Change
{
    public IReadOnlyList<TableRename> Steps { get; } = steps;

    public string Statement { get; } = statement;

    /// <summary>The first table named.</summary>
    public override TableName Table => Steps[0].From;

    /// <summary>The same for who cannot follow a table to another name: every name in it stands for another table now.</summary>
    public IEnumerable<TableChange> AsReplaced() => Steps.SelectMany(step => new[] { step.From, step.To }).Distinct()
        .Select(table => new TableChange(table, TableEvent.Replaced, Statement));
}
