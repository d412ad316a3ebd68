using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Strangler.Demo.Catalog;
using Strangler.Demo.Serving;

namespace Strangler.Demo.Tests.Serving;

public sealed class VaryTests
{
    private static readonly StoreView Default = new(1, "default", "English", 1, "base", 1, 2, true, "USD", 1);
    private static readonly StoreView French = new(4, "fr", "Français", 1, "base", 1, 2, true, "EUR", 0.92m);

    // The values are those of the reference's vectors, for its made-up key.
    private readonly SessionCookies _cookies = new(
        new ShopSessions(new FakeTimeProvider()), Options.Create(new DemoOptions { CryptKey = "0123456789abcdef0123456789abcdef" }), new FakeTimeProvider());

    [Fact]
    public void Vary_SignedIn_IsTheKnownHash() =>
        _cookies.Vary(Default, Default, new ShopSession("s", "k") { CustomerId = 1, CustomerGroup = 1 })
            .Should().Be("84199b4c3865aac9c88ac2fc2b379344ed623f69dcb36803759a81b300dedb4c");

    [Fact]
    public void Vary_SignedInOnAnotherViewWithAnotherCurrency_IsTheKnownHash() =>
        _cookies.Vary(French, Default, new ShopSession("s", "k") { CustomerId = 1, CustomerGroup = 1 })
            .Should().Be("9a3ccbe5d534bb6fcedc3d074e6ec4a12b2011f13a5836fcf5c7c12215b6d95a");

    [Fact]
    public void Vary_GuestOnTheDefaultView_IsNone() => _cookies.Vary(Default, Default, null).Should().BeNull();
}
