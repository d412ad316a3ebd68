using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.DeadLetters;

/// <summary>What a batch changes of keys that are held back: of each the latest counts, and is read anew when it is tried again.</summary>
internal sealed class HeldChanges(StatementSender sender, CarefulWriter letters)
{
    private readonly Dictionary<(MirrorTable Table, RowKey Key), PendingRow> _latest = [];

    public bool IsHeld(MirrorTable table, RowKey key) => letters.HasHeld && letters.IsHeld(table.Name, key);

    /// <param name="table">Its table.</param>
    /// <param name="key">A key that is held.</param>
    /// <param name="row">Null: it is gone.</param>
    public void Note(MirrorTable table, RowKey key, ColumnValue[]? row) => _latest[(table, key)] = new PendingRow(key, row, false);

    /// <summary>Writes down in the letters what was noted.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        foreach (var ((table, key), row) in _latest)
        {
            await sender.DrainAsync(cancellationToken);
            await (row.Row is null ? letters.EndAsync(table, key, cancellationToken) : letters.KeepAsync(table, row, cancellationToken));
        }

        _latest.Clear();
    }
}
