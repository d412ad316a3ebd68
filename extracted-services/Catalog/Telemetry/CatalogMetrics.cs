using System.Diagnostics.Metrics;

namespace Strangler.Catalog.Telemetry;

/// <summary>The service's metrics, meter <c>Strangler.Catalog</c>.</summary>
internal sealed class CatalogMetrics
{
    public const string MeterName = "Strangler.Catalog";

    private readonly Counter<long> _answers;
    private readonly Counter<long> _products;
    private readonly Histogram<double> _projections;
    private readonly Counter<long> _failures;

    public CatalogMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _answers = meter.CreateCounter<long>("strangler.catalog.answers", description: "Answers by status; 421 is a decline.");
        _products = meter.CreateCounter<long>("strangler.catalog.projected_products", description: "Products projected.");
        _projections = meter.CreateHistogram(
            "strangler.catalog.projection", "s", "Time of one projection.", null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600] });
        _failures = meter.CreateCounter<long>("strangler.catalog.projection_failures", description: "Projections that failed and will be tried again.");
    }

    public void Answered(int status) => _answers.Add(1, new KeyValuePair<string, object?>("status", status));

    public void Projected(int products, bool rebuild, TimeSpan time)
    {
        _products.Add(products, new KeyValuePair<string, object?>("rebuild", rebuild));
        _projections.Record(time.TotalSeconds, new KeyValuePair<string, object?>("rebuild", rebuild));
    }

    public void ProjectionFailed() => _failures.Add(1);
}
