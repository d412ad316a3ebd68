namespace Strangler.Proxy.Telemetry;

/// <summary>Requests a second of the whole storefront listener, measured once a second and smoothed.</summary>
internal sealed class RequestRate(SliceStats stats, TimeProvider time) : BackgroundService
{
    private const double Smoothing = 0.4;
    private double _perSecond;

    public double PerSecond => Volatile.Read(ref _perSecond);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        var (last, at) = (stats.Total, time.GetTimestamp());
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            var (total, now) = (stats.Total, time.GetTimestamp());
            var current = (total - last) / Math.Max(time.GetElapsedTime(at, now).TotalSeconds, 0.001);
            Volatile.Write(ref _perSecond, _perSecond + (Smoothing * (current - _perSecond)));
            (last, at) = (total, now);
        }
    }
}
