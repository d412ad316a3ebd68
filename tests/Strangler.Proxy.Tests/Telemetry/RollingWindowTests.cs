using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Strangler.Proxy.Telemetry;

namespace Strangler.Proxy.Tests.Telemetry;

public sealed class RollingWindowTests
{
    [Fact]
    public void Read_Quantiles_AreWithinABucketOfTheTruth() => Gen.Int[1, 5_000_000].List[1, 400].Sample(values =>
    {
        var window = new RollingWindow(new FakeTimeProvider());
        values.ForEach(microseconds => window.Add(TimeSpan.FromMicroseconds(microseconds), false));

        var view = window.Read();

        var sorted = values.Order().ToList();
        return IsNear(view.P50!.Value, sorted[(int)Math.Ceiling(sorted.Count * 0.5) - 1])
            && IsNear(view.P99!.Value, sorted[(int)Math.Ceiling(sorted.Count * 0.99) - 1]);

        static bool IsNear(double milliseconds, int microseconds) =>
            Math.Abs((milliseconds * 1000) - microseconds) <= Math.Max(1, microseconds * 0.125);
    });

    [Fact]
    public void Read_AfterAMinute_HasForgotten()
    {
        var time = new FakeTimeProvider();
        var window = new RollingWindow(time);
        window.Add(TimeSpan.FromMilliseconds(5), true);

        window.Read().Should().Match<WindowView>(view => view.Requests == 1 && view.Errors == 1);
        time.Advance(TimeSpan.FromSeconds(61));

        window.Read().Should().Be(new WindowView(0, 0, 0, null, null, null));
    }

    [Fact]
    public void Read_SteadyTraffic_HasItsRate()
    {
        var time = new FakeTimeProvider();
        var window = new RollingWindow(time);
        for (var second = 0; second < 20; second++)
        {
            Enumerable.Range(0, 7).ToList().ForEach(_ => window.Add(TimeSpan.FromMilliseconds(1), false));
            time.Advance(TimeSpan.FromSeconds(1));
        }

        window.Read().PerSecond.Should().Be(7);
    }
}
