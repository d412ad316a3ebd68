using Microsoft.Extensions.Options;

namespace Strangler.Demo.Serving;

/// <summary>
/// Makes answers take as long as a real Magento 2.4.7 was measured to take for the same kind of request. Only what the demo
/// itself did not use up is waited for; with <c>Demo:Delays</c> off nothing is.
/// </summary>
internal sealed class ResponseDelay(IOptions<DemoOptions> options, TimeProvider time)
{
    // Kind of request, then the measured least, median and 95th percentile in milliseconds.
    private static readonly Dictionary<string, (double Least, double Median, double P95)> Measured = new()
    {
        ["hit"] = (17.7, 25.3, 30.1),
        ["home"] = (157.1, 200.4, 254.2),
        ["product"] = (171.0, 245.4, 293.0),
        ["product configurable"] = (246.2, 288.6, 320.9),
        ["category"] = (316.4, 393.0, 487.2),
        ["search"] = (288.8, 357.3, 510.9),
        ["section"] = (41.1, 56.9, 67.2),
        ["page"] = (157.1, 200.4, 254.2),
        ["redirect"] = (29.6, 43.6, 88.6),
        ["products/:sku"] = (80.5, 98.4, 111.0),
        ["products"] = (332.3, 371.8, 413.7),
        ["categories"] = (38.9, 47.8, 54.5),
        ["stockItems/:sku"] = (37.1, 42.5, 58.3),
        ["401"] = (30.1, 38.8, 48.8),
        ["guest-carts"] = (51.7, 71.3, 92.4),
        ["guest-carts/:cartId/items"] = (143.9, 206.2, 223.4),
        ["guest-carts/:cartId/shipping-information"] = (216.9, 253.8, 284.2),
        ["guest-carts/:cartId/payment-information"] = (266.6, 375.7, 436.3),
        ["integration/customer/token"] = (160.3, 169.8, 195.5),
        ["integration/admin/token"] = (160.3, 169.8, 195.5),
        ["order"] = (266.6, 375.7, 436.3),
        ["rest"] = (37.1, 47.8, 58.3),
    };

    public Pace Start(HttpContext http) => new(this, http.Request.Path.StartsWithSegments("/rest", StringComparison.Ordinal) ? "rest" : "page");

    /// <summary>One request's pace: it starts on arrival, learns what kind of request it is, and waits for the rest at the end.</summary>
    internal sealed class Pace(ResponseDelay owner, string kind)
    {
        private readonly long _started = owner.Time.GetTimestamp();
        private string _kind = kind;

        public void Is(string kind)
        {
            if (Measured.ContainsKey(kind))
            {
                _kind = kind;
            }
        }

        public async Task WaitAsync(CancellationToken cancellationToken)
        {
            if (!owner.IsOn)
            {
                return;
            }

            var left = TimeSpan.FromMilliseconds(Draw(Measured[_kind])) - owner.Time.GetElapsedTime(_started);
            if (left > TimeSpan.Zero)
            {
                await Task.Delay(left, owner.Time, cancellationToken);
            }
        }
    }

    private bool IsOn => options.Value.Delays;

    private TimeProvider Time => time;

    // Half of the answers lie below the median and one in twenty beyond the 95th percentile, as they were measured.
    private static double Draw((double Least, double Median, double P95) measured)
    {
        var chance = Random.Shared.NextDouble();
        return chance < 0.5
            ? measured.Least + (measured.Median - measured.Least) * chance * 2
            : measured.Median + (measured.P95 - measured.Median) * (chance - 0.5) / 0.45;
    }
}
