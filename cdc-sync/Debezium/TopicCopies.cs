using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Snapshot;

namespace Strangler.CdcSync.Debezium;

/// <summary>
/// The first copy where only the topics can give it: the connector's snapshot rows come by in the stream, and the tables are complete when
/// all that the topics held at the start has been applied.
/// </summary>
internal sealed class TopicCopies(TargetContext context, KafkaServices services, SnapshotWindows windows, WorkQueue queue)
{
    /// <summary>Lets the stream's rows through for every table that waits; before the first of them is read.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        services.State.Begin();
        foreach (var copy in context.Copies.All.Where(copy => copy is { State: CopyState.Pending, Mode: CopyMode.Fill }))
        {
            await queue.PutAsync(new BeginItem(copy), cancellationToken);
        }
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await services.State.CaughtUp.Task.WaitAsync(cancellationToken);
        while (true)
        {
            var changed = context.Copies.Changed;
            foreach (var copy in context.Copies.All.Where(copy => copy.State is CopyState.Pending or CopyState.Copying))
            {
                await EndAsync(copy, cancellationToken);
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private async Task EndAsync(TableCopy copy, CancellationToken cancellationToken)
    {
        if (copy is { State: CopyState.Pending, Mode: CopyMode.Fill })
        {
            // Created since the start: it has no rows but those that come.
            var begin = new BeginItem(copy);
            await queue.PutAsync(begin, cancellationToken);
            await begin.Written.WaitAsync(cancellationToken);
            return;
        }

        if (copy.Mode == CopyMode.Fill && context.Catalog.Find(copy.Table) is { Key: not null } definition)
        {
            var chunk = new Chunk(definition, ChunkLimit.None) { Position = new SourcePosition("", "", 0, null) };
            var item = new ChunkItem(copy, definition, windows.Open(copy.Table), chunk, null, null);
            await queue.PutAsync(item, cancellationToken);
            await item.Written.WaitAsync(cancellationToken);
            return;
        }

        var isUnknown = services.State.IsUnknown(copy.Table);
        var settled = new SettledItem(
            copy,
            isUnknown ? CopyState.Stopped : CopyState.Streaming,
            isUnknown
                ? "another table took its name, and its rows are in no topic: send the connector the signal execute-snapshot for it, then POST /resync"
                : "altered: the mirror's own server converted the rows");
        await queue.PutAsync(settled, cancellationToken);
        await settled.Written.WaitAsync(cancellationToken);
    }
}
