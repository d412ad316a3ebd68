using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Entities;

namespace Strangler.CdcSync.Verify;

/// <summary>
/// Compares one table: checksums of chunks on both sides, halves of a chunk that differs until single rows are left, and those rows again until
/// they are surely equal or surely not. What was done is said after each chunk, so that a restart goes on there. Not safe for several threads.
/// </summary>
internal sealed class TableVerifier(
    TargetContext context, VerifyOptions options, ChecksumReader source, ChecksumReader mirror, RowSettler rows, VerifyThrottle throttle)
{
    private const int LeafRows = 500;
    private const int FirstChunkRows = 1000;
    private const int SmallestChunkRows = 10;
    private const int RowsPerBucket = 200;
    private const int BucketsAtOnce = 64;

    /// <param name="table">The table on both sides.</param>
    /// <param name="result">Where it stands, and what comes of it.</param>
    /// <param name="only">The one entity whose rows are compared; null for all rows.</param>
    /// <param name="save">Keeps the result.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(TableSides table, TableResult result, EntityRows? only, Func<Task> save, CancellationToken cancellationToken)
    {
        result.Estimate = await source.EstimateAsync(table.Name, cancellationToken);
        rows.Begin(table.Source, result);
        throttle.Begin();
        if (only is not null)
        {
            result.Restart();
            var keys = await only.KeysAsync(table, cancellationToken);
            (result.Rows, result.Estimate) = (keys.Count, keys.Count);
            await rows.AddAsync(keys, cancellationToken);
        }
        else if (table.SortsAlike)
        {
            await RangesAsync(table, result, save, cancellationToken);
        }
        else
        {
            await BucketsAsync(table, result, cancellationToken);
        }

        await rows.SettleAsync(options.Passes, cancellationToken);
        result.Position = context.Progress.Applied;
        result.State = result.Open.Count > 0 && result.Differences == result.Repaired ? VerifyState.Unsettled
            : result.Differences == 0 ? VerifyState.Equal
            : result.Differences == result.Repaired ? VerifyState.Repaired
            : VerifyState.Different;
    }

    private async Task RangesAsync(TableSides table, TableResult result, Func<Task> save, CancellationToken cancellationToken)
    {
        double size = Bounded(FirstChunkRows);
        long last = 0;
        while (true)
        {
            await throttle.WaitAsync(last, cancellationToken);
            var chunkRows = (long)size;
            var started = context.Time.GetTimestamp();
            var upTo = await source.KeyAtAsync(table, new KeySpan(result.LastKey, null), chunkRows - 1, cancellationToken);
            var span = new KeySpan(result.LastKey, upTo);
            var (there, here) = await BothAsync(table, span, cancellationToken);
            var elapsed = Math.Max(0.5, context.Time.GetElapsedTime(started).TotalMilliseconds);
            size = Bounded(size * Math.Clamp(options.ChunkMilliseconds / elapsed, 0.25, 4));
            if (there != here)
            {
                await DrillAsync(table, span, there, here, cancellationToken);
            }

            await rows.SettleAsync(1, cancellationToken);
            last = Math.Max(there.Rows, here.Rows);
            result.Rows += there.Rows;
            result.Chunks++;
            result.LastKey = upTo;
            result.Position = context.Progress.Applied;
            if (upTo is null)
            {
                return;
            }

            await save();
        }
    }

    // Not a second's rows in one blow.
    private double Bounded(double rows) =>
        Math.Max(SmallestChunkRows, Math.Min(rows, options.RowsPerSecond > 0 ? Math.Min(options.MaximumChunkRows, options.RowsPerSecond / 2) : options.MaximumChunkRows));

    private async Task DrillAsync(TableSides table, KeySpan span, Checksum there, Checksum here, CancellationToken cancellationToken)
    {
        var fuller = there.Rows >= here.Rows ? source : mirror;
        var count = Math.Max(there.Rows, here.Rows);
        if (count > LeafRows && await fuller.KeyAtAsync(table, span, (count / 2) - 1, cancellationToken) is { } middle)
        {
            foreach (var half in (KeySpan[])[span with { UpTo = middle }, span with { After = middle }])
            {
                var (theirs, ours) = await BothAsync(table, half, cancellationToken);
                if (theirs != ours)
                {
                    await DrillAsync(table, half, theirs, ours, cancellationToken);
                }
            }

            return;
        }

        var (left, right) = (source.HashesAsync(table, span, cancellationToken), mirror.HashesAsync(table, span, cancellationToken));
        await Task.WhenAll(left, right);
        await rows.AddAsync(Differing(await left, await right), cancellationToken);
    }

    /// <summary>For keys that the two sides sort in different orders: every row falls into a bucket by its key's hash.</summary>
    private async Task BucketsAsync(TableSides table, TableResult result, CancellationToken cancellationToken)
    {
        await throttle.WaitAsync(0, cancellationToken);
        result.Restart();
        var digits = 1;
        for (var left = await source.CountAsync(table, cancellationToken) / RowsPerBucket; left > 16 && digits < 5; left /= 16)
        {
            digits++;
        }

        var (theirs, ours) = (source.BucketsAsync(table, digits, cancellationToken), mirror.BucketsAsync(table, digits, cancellationToken));
        await Task.WhenAll(theirs, ours);
        var (there, here) = (await theirs, await ours);
        result.Rows = there.Values.Sum(bucket => bucket.Rows);
        result.Chunks = there.Count;
        var differing = there.Keys.Union(here.Keys).Where(bucket => there.GetValueOrDefault(bucket) != here.GetValueOrDefault(bucket)).Order(StringComparer.Ordinal);
        foreach (var buckets in differing.Chunk(BucketsAtOnce))
        {
            var (left, right) = (source.HashesAsync(table, digits, buckets, cancellationToken), mirror.HashesAsync(table, digits, buckets, cancellationToken));
            await Task.WhenAll(left, right);
            await rows.AddAsync(Differing(await left, await right), cancellationToken);
        }
    }

    private async Task<(Checksum There, Checksum Here)> BothAsync(TableSides table, KeySpan span, CancellationToken cancellationToken)
    {
        var (there, here) = (source.ChecksumAsync(table, span, cancellationToken), mirror.ChecksumAsync(table, span, cancellationToken));
        await Task.WhenAll(there, here);
        return (await there, await here);
    }

    private static IEnumerable<ColumnValue[]> Differing(Dictionary<RowKey, string> there, Dictionary<RowKey, string> here) =>
        there.Where(row => !here.TryGetValue(row.Key, out var hash) || hash != row.Value).Select(row => row.Key.Values)
            .Concat(here.Keys.Where(key => !there.ContainsKey(key)).Select(key => key.Values));
}
