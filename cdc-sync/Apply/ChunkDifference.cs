using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Snapshot;

namespace Strangler.CdcSync.Apply;

/// <summary>What must be written so that the mirror's rows are those of the source in a range, or for some keys; keys the stream has touched are left to it.</summary>
internal static class ChunkDifference
{
    /// <param name="table">The mirror.</param>
    /// <param name="rows">The rows as read from the source.</param>
    /// <param name="window">What the stream touched meanwhile.</param>
    /// <param name="mirrored">The mirror's rows in the same range; none when it was empty.</param>
    /// <param name="dirty">Takes the keys of rows that differ; null when everything will be rebuilt anyway.</param>
    public static PendingRows Of(MirrorTable table, List<ColumnValue[]> rows, SnapshotWindow window, List<ColumnValue[]> mirrored, DirtyKeys? dirty)
    {
        var pending = new PendingRows(table);
        var extra = mirrored.ToDictionary(table.KeyOf);
        foreach (var row in rows)
        {
            var key = table.KeyOf(row);
            var isKnown = extra.Remove(key, out var old);
            if (window.IsTouched(key) || (isKnown && row.AsSpan().SequenceEqual(old)))
            {
                continue;
            }

            if (dirty is not null)
            {
                table.MarkDirty(row, dirty);
                if (isKnown)
                {
                    table.MarkDirty(old!, dirty);
                }
            }

            pending.Upsert(key, row, isInsert: true);
        }

        foreach (var (key, row) in extra.Where(row => !window.IsTouched(row.Key)))
        {
            pending.Delete(key);
            if (dirty is not null)
            {
                table.MarkDirty(row, dirty);
            }
        }

        return pending;
    }
}
