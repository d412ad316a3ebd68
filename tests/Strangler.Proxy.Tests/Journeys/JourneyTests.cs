using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Journeys;
using Strangler.Proxy.Slices;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.Journeys;

/// <summary>One visitor's product, cart and checkout stay on sides that fit, whatever is moved meanwhile.</summary>
public sealed class JourneyTests(ControlDatabase database)
{
    private const string Cart = "cart.get";
    private const string CartPath = "/rest/V1/guest-carts/abc";
    private const double Nobody = 0.0001;

    private static readonly string[] SameKey = ["--Control:OverrideKey=the same on each and every replica of it"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_began_with_the_service_stays_there_in_all_slices_of_the_journey_on_every_replica()
    {
        var control = await database.CreateAsync(Cancelled);
        await using var facade = await StartAsync(control);
        await facade.MoveAsync(Stage.Canary, Cancelled, 100);
        await MoveCartAsync(facade, Stage.Canary, Nobody);
        var (side, pin) = await AskAsync(facade, FacadeUnderTest.SlicePath, null);
        side.Should().StartWith("extracted; reason=inCohort");
        (await AskAsync(facade, CartPath, null)).Side.Should().StartWith("magento; reason=notInCohort");

        (await AskAsync(facade, CartPath, pin)).Side.Should().StartWith("extracted; reason=journey");
        await facade.MoveAsync(Stage.Canary, Cancelled, Nobody);
        (await AskAsync(facade, FacadeUnderTest.SlicePath, pin)).Side.Should().StartWith("extracted; reason=journey");

        await using var replica = await FacadeUnderTest.StartReplicaAsync(facade, control, Cancelled, slice => slice.More["journey"] = "buying", SameKey);
        await replica.ReadyAsync(Cancelled);
        (await AskAsync(replica, FacadeUnderTest.SlicePath, pin)).Side.Should().StartWith("extracted; reason=journey");

        await facade.MoveAsync(Stage.Shadow, Cancelled);
        (await AskAsync(facade, FacadeUnderTest.SlicePath, pin)).Side.Should().StartWith("magento; reason=stage", "the way back beats a journey");
        (await AskAsync(facade, CartPath, pin)).Side.Should().StartWith("extracted; reason=journey");
    }

    [Fact]
    public async Task Who_began_with_Magento_stays_there_until_the_order_even_when_the_slice_goes_live()
    {
        await using var facade = await StartAsync(await database.CreateAsync(Cancelled));
        await facade.MoveAsync(Stage.Canary, Cancelled, Nobody);
        var (_, pin) = await AskAsync(facade, FacadeUnderTest.SlicePath, null);
        await facade.MoveAsync(Stage.Live, Cancelled);
        await MoveCartAsync(facade, Stage.Canary, 100);

        (await AskAsync(facade, FacadeUnderTest.SlicePath, null)).Side.Should().StartWith("extracted; reason=live");
        (await AskAsync(facade, FacadeUnderTest.SlicePath, pin)).Side.Should().StartWith("magento; reason=journey");
        (await AskAsync(facade, CartPath, pin)).Side.Should().StartWith("magento; reason=journey");

        using var order = new HttpRequestMessage(HttpMethod.Post, "/rest/V1/guest-carts/abc/payment-information") { Headers = { { "Cookie", pin } } };
        using var ordered = await facade.Storefront.SendAsync(order, Cancelled);
        ordered.Headers.GetValues("Set-Cookie").Should().ContainSingle(cookie => cookie.StartsWith($"{JourneyPins.CookieName}=;", StringComparison.Ordinal));
        await facade.MoveAsync(Stage.Retired, Cancelled);
        (await AskAsync(facade, FacadeUnderTest.SlicePath, pin)).Side.Should().StartWith("extracted; reason=live", "there is no way back any more");
    }

    [Theory]
    [InlineData("{\"data\":{\"placeOrder\":{\"orderV2\":{\"number\":\"000000001\"},\"errors\":[]}}}", true)]
    [InlineData("{\"data\":{\"placeOrder\":{\"order\":{\"order_number\":\"000000001\"}}}}", true)]
    [InlineData("{\"errors\":[{\"message\":\"Unable to place order\"}],\"data\":{\"placeOrder\":null}}", false)]
    [InlineData("{\"data\":{\"placeOrder\":{\"orderV2\":null,\"errors\":[{\"code\":\"CART_NOT_FOUND\"}]}}}", false)]
    [InlineData("{\"data\":{\"placeOrder\":null}}", false)]
    [InlineData("<html>Error</html>", false)]
    public async Task An_order_by_GraphQL_ends_a_journey_only_when_it_was_placed(string answer, bool ends)
    {
        await using var facade = await StartAsync(await database.CreateAsync(Cancelled));
        await facade.MoveAsync(Stage.Canary, Cancelled, Nobody);
        var (_, pin) = await AskAsync(facade, FacadeUnderTest.SlicePath, null);
        foreach (var isChunked in (bool[])[false, true])
        {
            facade.Magento.Answer = context =>
            {
                context.Response.ContentType = "application/json";
                context.Response.ContentLength = isChunked ? null : answer.Length;
                return context.Response.WriteAsync(answer);
            };
            using var order = new HttpRequestMessage(HttpMethod.Post, "/graphql")
            {
                Headers = { { "Cookie", pin } },
                Content = JsonContent.Create(new { query = "mutation { placeOrder(input: {cart_id: \"x\"}) { orderV2 { number } errors { code } } }" }),
            };
            await order.Content.LoadIntoBufferAsync(Cancelled);

            using var ordered = await facade.Storefront.SendAsync(order, Cancelled);

            (await ordered.Content.ReadAsStringAsync(Cancelled)).Should().Be(answer);
            (ordered.Headers.TransferEncodingChunked == true).Should().Be(isChunked);
            ordered.Headers.TryGetValues("Set-Cookie", out var cookies).Should().Be(ends, "{0}", cookies);
        }
    }

    [Fact]
    public async Task The_cookie_is_set_only_in_a_canary_and_never_on_what_shared_caches_keep()
    {
        await using var facade = await StartAsync(await database.CreateAsync(Cancelled));
        (await AskAsync(facade, FacadeUnderTest.SlicePath, null)).Pin.Should().BeEmpty("the slice is legacy");
        await facade.MoveAsync(Stage.Live, Cancelled);
        (await AskAsync(facade, FacadeUnderTest.SlicePath, null)).Pin.Should().BeEmpty("everybody has the same side");
        await facade.MoveAsync(Stage.Canary, Cancelled, 100);
        facade.Service.Answer = context =>
        {
            context.Response.Headers.CacheControl = "public, max-age=60";
            return context.Response.WriteAsync("for all");
        };
        (await AskAsync(facade, FacadeUnderTest.SlicePath, null)).Pin.Should().BeEmpty();
        facade.Service.AnswerWith(200);
        var (_, pin) = await AskAsync(facade, FacadeUnderTest.SlicePath, null);
        pin.Should().NotBeEmpty();
        (await AskAsync(facade, FacadeUnderTest.SlicePath, pin)).Pin.Should().BeEmpty("it is young");

        using var explained = await facade.Control.PostAsJsonAsync(
            "/api/explain", new { method = "GET", url = FacadeUnderTest.SlicePath, headers = new Dictionary<string, string> { ["Cookie"] = pin } }, Cancelled);
        (await explained.Content.ReadAsStringAsync(Cancelled)).Should().Contain("buying: begun with the service");
    }

    [Fact]
    public void A_pin_is_believed_only_as_signed_and_until_it_expires()
    {
        var folder = Directory.CreateTempSubdirectory("strangler-journeys-");
        try
        {
            var time = new FakeTimeProvider();
            var pins = Pins("key", folder, time);
            var value = pins.Sign([new JourneyPins.Pin("buying", Side.Magento, time.GetUtcNow().AddMinutes(30)), new JourneyPins.Pin("account", Side.Extracted, time.GetUtcNow().AddMinutes(60))]);
            pins.SideOf(With(value), "buying").Should().Be(Side.Magento);
            pins.SideOf(With(value), "account").Should().Be(Side.Extracted);
            pins.SideOf(With(value), "other").Should().BeNull();
            pins.SideOf(With(value.Replace(".m.", ".s.", StringComparison.Ordinal)), "buying").Should().BeNull("it is forged");
            Pins("another key", folder, time).SideOf(With(value), "buying").Should().BeNull();
            foreach (var nonsense in (string[])["", "~", "a.b.c", "buying.s.99999999999~", new string('x', 5000)])
            {
                pins.SideOf(With(nonsense), "buying").Should().BeNull();
            }

            time.Advance(TimeSpan.FromMinutes(31));
            pins.SideOf(With(value), "buying").Should().BeNull();
            pins.SideOf(With(value), "account").Should().Be(Side.Extracted);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static JourneyPins Pins(string key, DirectoryInfo folder, TimeProvider time) =>
        new(new OverrideKey(key, new LastGoodFile(Path.Combine(folder.FullName, "override.key"))), Options.Create(new JourneyOptions()), time);

    private static DefaultHttpContext With(string pin) => new() { Request = { Headers = { ["Cookie"] = $"{JourneyPins.CookieName}={pin}" } } };

    private static async Task<FacadeUnderTest> StartAsync(string control)
    {
        var facade = await FacadeUnderTest.StartAsync(control, Cancelled, slice => slice.More["journey"] = "buying", SameKey);
        await facade.ReadyAsync(Cancelled);
        var cart = new JsonSlice { Id = Cart, Path = "/rest/{storeCode?}/V1/guest-carts/{cartId}" };
        cart.More["journey"] = "buying";
        cart.WriteTo(facade.SlicesFolder);
        await Eventually.TrueAsync(async () => (await facade.Control.GetAsync($"/api/slices/{Cart}", Cancelled)).IsSuccessStatusCode, "the second slice is declared", Cancelled);
        return facade;
    }

    private static async Task MoveCartAsync(FacadeUnderTest facade, Stage stage, double percent)
    {
        using var answer = await facade.MoveAsync(new { stage = stage.ToString(), percent, reason = "test", @override = true }, Cancelled, Cart);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<(string Side, string Pin)> AskAsync(FacadeUnderTest facade, string path, string? pin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "X-Strangler-Debug", "1" } } };
        if (pin is not null)
        {
            request.Headers.Add("Cookie", pin);
        }

        using var response = await facade.Storefront.SendAsync(request, Cancelled);
        var cookie = response.Headers.TryGetValues("Set-Cookie", out var values) ? values.FirstOrDefault(value => value.StartsWith(JourneyPins.CookieName, StringComparison.Ordinal)) : null;
        return (response.Headers.GetValues("X-Strangler-Side").Single(), cookie?.Split(';')[0] ?? "");
    }
}
