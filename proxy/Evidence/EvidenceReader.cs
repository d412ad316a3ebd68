using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Evaluation;

namespace Strangler.Proxy.Evidence;

/// <summary>A slice's history, asked for several times a second: what is old changes little and is kept for half a minute, what is young is read each time.</summary>
internal sealed class EvidenceReader(EvidenceStore store, IOptions<EvaluationOptions> options, TimeProvider time)
{
    private static readonly TimeSpan OldIsKept = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<string, Old> _old = new(StringComparer.Ordinal);

    // Safely younger than what is added up into minutes meanwhile.
    private double YoungSeconds => (options.Value.FineMinutes * 60) - 60;

    public async Task<EvidenceHistory> ReadAsync(string sliceId, double seconds, CancellationToken cancellationToken)
    {
        if (seconds <= YoungSeconds)
        {
            return new EvidenceHistory(await store.ReadAsync(sliceId, 0, seconds, cancellationToken));
        }

        var overlap = OldIsKept.TotalSeconds;
        if (!_old.TryGetValue(sliceId, out var old) || time.GetElapsedTime(old.ReadAt) >= OldIsKept || old.Seconds < seconds)
        {
            var readAt = time.GetTimestamp();
            old = new Old(readAt, seconds, await store.ReadAsync(sliceId, YoungSeconds - overlap, seconds, cancellationToken));
            _old[sliceId] = old;
        }

        var young = await store.ReadAsync(sliceId, 0, YoungSeconds, cancellationToken);
        var passed = time.GetElapsedTime(old.ReadAt).TotalSeconds;
        return new EvidenceHistory(
        [
            .. young,
            .. old.Rows.Select(row => row with { AgeSeconds = row.AgeSeconds + passed }).Where(row => row.AgeSeconds > YoungSeconds),
        ]);
    }

    private sealed record Old(long ReadAt, double Seconds, IReadOnlyList<EvidenceRow> Rows);
}
