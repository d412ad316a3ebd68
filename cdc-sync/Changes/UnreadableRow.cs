namespace Strangler.CdcSync.Changes;

/// <summary>A change of a row that its source cannot decode, though it tells whose it is: the row is held back, and the rest goes on.</summary>
/// <param name="shape">The table's columns.</param>
/// <param name="key">The row's key; other columns are absent.</param>
/// <param name="reason">What is wrong, and where it stands.</param>
internal sealed class UnreadableRow(TableShape shape, ColumnValue[] key, string reason) : Change
{
    public TableShape Shape { get; } = shape;

    public override TableName Table => Shape.Table;

    public ColumnValue[] Key { get; } = key;

    public string Reason { get; } = reason;
}
