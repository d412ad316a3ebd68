using Strangler.Proxy.Flags;

namespace Strangler.Proxy.Evidence;

/// <summary>What all replicas counted about one side of a slice over some time. Filled by its maker, then only read.</summary>
internal sealed class SideEvidence
{
    public long[] Metrics { get; } = new long[EvidenceCounts.MetricCount];

    public long[] Latencies { get; } = new long[LatencyHistogram.Buckets];

    /// <summary>A few of the requests that went wrong.</summary>
    public HashSet<string> Failures { get; } = new(StringComparer.Ordinal);

    public long this[EvidenceMetric metric] => Metrics[(int)metric];
}

/// <summary>Both sides of a slice over the same time.</summary>
internal sealed class EvidenceWindow
{
    private const int MaximumFailures = 20;

    public SideEvidence Magento { get; } = new();

    public SideEvidence Extracted { get; } = new();

    public SideEvidence Of(Side side) => side == Side.Extracted ? Extracted : Magento;

    public void Add(EvidenceRow row)
    {
        var side = Of(row.Side);
        EvidenceCodec.AddTo(row.Metrics, side.Metrics);
        EvidenceCodec.AddTo(row.Latencies, side.Latencies);
        if (row.Failures is { } failures && side.Failures.Count < MaximumFailures)
        {
            side.Failures.UnionWith(failures.Split('\n'));
        }
    }

    /// <summary>Sums whatever side it was counted for.</summary>
    public long Both(EvidenceMetric metric) => Magento[metric] + Extracted[metric];
}

/// <summary>One row of the control database.</summary>
/// <param name="Side">The side.</param>
/// <param name="AgeSeconds">How long ago it was written, by the database's clock.</param>
/// <param name="Metrics">As <see cref="EvidenceCodec"/> writes them.</param>
/// <param name="Latencies">As <see cref="EvidenceCodec"/> writes them.</param>
/// <param name="Failures">A few of the requests that went wrong, one a line.</param>
internal sealed record EvidenceRow(Side Side, double AgeSeconds, byte[] Metrics, byte[] Latencies, string? Failures = null);

/// <summary>A slice's evidence up to one moment, out of which windows of any length are cut.</summary>
internal sealed class EvidenceHistory(IReadOnlyList<EvidenceRow> rows)
{
    public static EvidenceHistory Empty { get; } = new([]);

    /// <summary>What is no older than this.</summary>
    public EvidenceWindow Last(double seconds)
    {
        var window = new EvidenceWindow();
        foreach (var row in rows)
        {
            if (row.AgeSeconds <= seconds)
            {
                window.Add(row);
            }
        }

        return window;
    }
}
