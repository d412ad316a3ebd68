using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Snapshot;

/// <summary>
/// Finds rows of a mirror that the source does not have, key by key, and orders them to be read again. Needed before a comparison where
/// both sides sort the keys differently, so that a range does not show what is too much.
/// </summary>
internal sealed class TableSweep(TargetContext context, TargetDatabase target)
{
    private const int KeysAtOnce = 500;

    public async Task RunAsync(TableDefinition table, ChunkReader source, ChunkReader mirror, CancellationToken cancellationToken)
    {
        ColumnValue[]? after = null;
        while (await mirror.ReadPageOfKeysAsync(table, after, KeysAtOnce, cancellationToken) is { Count: > 0 } page)
        {
            after = page[^1];
            var existing = (await source.ReadExistingKeysAsync(table, page, cancellationToken)).Select(key => new RowKey(key)).ToHashSet();
            if (page.Where(key => !existing.Contains(new RowKey(key))).ToList() is { Count: > 0 } missing)
            {
                // Some may be rows so new that they are gone again, or that the source's session did not see: reading them again tells.
                await using var connection = await target.OpenAsync(cancellationToken);
                await RereadStore.OrderAsync(connection, table.Name.Name, missing, "not found at the source while the table was compared", cancellationToken);
                context.Rereads.Ordered();
            }
        }
    }
}
