using System.Threading.Channels;

namespace Strangler.CdcSync.Apply;

/// <summary>What lies between reading and applying, bounded in log bytes: a slow target slows reading instead of eating memory. One taker.</summary>
internal sealed class WorkQueue(long maximumBytes) : IDisposable
{
    private const int MaximumItems = 100_000;

    private readonly Channel<WorkItem> _items = Channel.CreateBounded<WorkItem>(new BoundedChannelOptions(MaximumItems) { SingleReader = true });
    private readonly SemaphoreSlim _room = new(0);
    private long _bytes;
    private int _waiting;

    public async ValueTask PutAsync(WorkItem item, CancellationToken cancellationToken)
    {
        while (Volatile.Read(ref _bytes) > maximumBytes)
        {
            Volatile.Write(ref _waiting, 1);
            if (Volatile.Read(ref _bytes) > maximumBytes)
            {
                await _room.WaitAsync(cancellationToken);
            }
        }

        // A transaction larger than the whole bound waits for an empty queue, not for ever.
        Interlocked.Add(ref _bytes, Bytes(item));
        await _items.Writer.WriteAsync(item, cancellationToken);
    }

    public async ValueTask<WorkItem> TakeAsync(CancellationToken cancellationToken) => Taken(await _items.Reader.ReadAsync(cancellationToken));

    public bool TryTake(out WorkItem item)
    {
        if (!_items.Reader.TryRead(out item!))
        {
            return false;
        }

        Taken(item);
        return true;
    }

    public bool TryPeek(out WorkItem item) => _items.Reader.TryPeek(out item!);

    public void Dispose() => _room.Dispose();

    private WorkItem Taken(WorkItem item)
    {
        if (Interlocked.Add(ref _bytes, -Bytes(item)) <= maximumBytes && Interlocked.Exchange(ref _waiting, 0) == 1)
        {
            _room.Release();
        }

        return item;
    }

    private static long Bytes(WorkItem item) => item is TransactionItem { Transaction.Bytes: var bytes } ? bytes : 0;
}
