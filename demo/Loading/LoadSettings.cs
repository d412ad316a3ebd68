namespace Strangler.Demo.Loading;

/// <summary>What to generate.</summary>
internal sealed record LoadSettings(int Products, int Seed, Uri BaseUrl)
{
    public const int FewestProducts = 200;
    public const int MostProducts = 1_000_000;

    /// <summary>The moment at which the generated shop opened; all generated times count from here.</summary>
    public static readonly DateTime Opened = new(2026, 1, 5, 8, 0, 0, DateTimeKind.Utc);

    /// <summary>The outlet's address: the same port under the name <c>outlet.localhost</c>, which browsers resolve to this machine.</summary>
    public Uri OutletUrl => new UriBuilder(BaseUrl) { Host = "outlet.localhost" }.Uri;

    public int Orders => Math.Max(30, Products / 50);

    public int Customers => Math.Max(27, Products / 100);
}
