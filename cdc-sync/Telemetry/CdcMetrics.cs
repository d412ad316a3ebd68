using System.Diagnostics.Metrics;
using Strangler.CdcSync.Positions;

namespace Strangler.CdcSync.Telemetry;

/// <summary>The process's own measurements, by service.</summary>
internal sealed class CdcMetrics
{
    public const string MeterName = "Strangler.CdcSync";

    private readonly Meter _meter;
    private readonly Counter<long> _rows;
    private readonly Counter<long> _batches;
    private readonly Counter<long> _transactions;
    private readonly Counter<long> _copied;
    private readonly Counter<long> _verified;
    private readonly Counter<long> _differences;
    private readonly Counter<long> _repaired;
    private readonly Histogram<double> _duration;

    public CdcMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _rows = _meter.CreateCounter<long>("strangler.cdc.rows", "{row}", "Row changes applied from the stream.");
        _batches = _meter.CreateCounter<long>("strangler.cdc.batches", "{batch}", "Batches committed.");
        _transactions = _meter.CreateCounter<long>("strangler.cdc.transactions", "{transaction}", "Source transactions applied.");
        _copied = _meter.CreateCounter<long>("strangler.cdc.copied_rows", "{row}", "Rows read by copies of tables.");
        _verified = _meter.CreateCounter<long>("strangler.cdc.verify.rows", "{row}", "Rows compared between source and mirror.");
        _differences = _meter.CreateCounter<long>("strangler.cdc.verify.differences", "{row}", "Rows found to differ between source and mirror.");
        _repaired = _meter.CreateCounter<long>("strangler.cdc.verify.repaired_rows", "{row}", "Differing rows made right.");
        _duration = _meter.CreateHistogram<double>("strangler.cdc.batch.duration", "s", "Time from taking a batch to its commit.");
    }

    public void Applied(string service, int rows, int transactions, TimeSpan duration)
    {
        var tag = Tag(service);
        _rows.Add(rows, tag);
        _transactions.Add(transactions, tag);
        _batches.Add(1, tag);
        _duration.Record(duration.TotalSeconds, tag);
    }

    public void Copied(string service, int rows) => _copied.Add(rows, Tag(service));

    public void Verified(string service, long rows, long differences, long repaired)
    {
        var tag = Tag(service);
        _verified.Add(rows, tag);
        _differences.Add(differences, tag);
        _repaired.Add(repaired, tag);
    }

    /// <summary>Shows a service's lag whenever somebody looks; nothing while it is unknown.</summary>
    public void ObserveLag(string service, Func<double?> milliseconds) => _meter.CreateObservableGauge(
        "strangler.cdc.lag", () => milliseconds() is { } lag ? [new Measurement<double>(lag / 1000, Tag(service))] : Array.Empty<Measurement<double>>(), "s",
        "How old the read model may be at most.");

    public void ObserveDeadLetters(string service, Func<int> count) => _meter.CreateObservableGauge(
        "strangler.cdc.dead_letters", () => new Measurement<int>(count(), Tag(service)), "{row}", "Rows held back, for the target refused them.");

    /// <summary>Shows the lags that are measured otherwise, each under its name.</summary>
    public void ObserveLatency(string service, LagTracker lag) => _meter.CreateObservableGauge(
        "strangler.cdc.latency",
        () => new (string Kind, double? Milliseconds)[] { ("mirror", lag.AppliedLag?.TotalMilliseconds), ("heartbeat", lag.Heartbeat.Latest), ("event", lag.Event.Latest) }
            .Where(known => known.Milliseconds is not null).Select(known => new Measurement<double>(known.Milliseconds!.Value / 1000, Tag(service), new("kind", known.Kind))),
        "s", "How far the mirror is behind; the last heartbeat from its commit to the read model; the last transaction from its own time to the mirror.");

    /// <summary>Shows how long the log still needed will be kept.</summary>
    public void ObserveRetention(Func<double?> hours) => _meter.CreateObservableGauge(
        "strangler.cdc.retention", () => hours() is { } left ? [new Measurement<double>(left)] : Array.Empty<Measurement<double>>(), "h",
        "Hours until the source removes the oldest log file still needed.");

    private static KeyValuePair<string, object?> Tag(string service) => new("service", service);
}
