using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Strangler.Proxy.Evidence;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.Evidence;

public sealed class ShopEventTests(ControlDatabase database)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Canary_OrdersCartsAndLogins_AreCountedForTheirVisitorsSide_AndTheirBodiesArriveWhole()
    {
        await using var facade = await FacadeUnderTest.StartAsync(await database.CreateAsync(Cancelled), Cancelled, null, "--Evaluation:IntervalMilliseconds=1000");
        await facade.ReadyAsync(Cancelled);
        await facade.MoveAsync(Stage.Canary, Cancelled, 50);
        facade.Magento.Answer = async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            await context.Response.WriteAsync(await reader.ReadToEndAsync(Cancelled));
        };
        const string Query = """{"query":"mutation { placeOrder(input: {cart_id: \"x\"}) { order { order_number } } }"}""";

        for (var visitor = 0; visitor < 20; visitor++)
        {
            await PostAsync(facade, "/checkout/cart/add/product/14/", "qty=1", visitor);
            await PostAsync(facade, "/rest/default/V1/guest-carts/abc/items", "{}", visitor);
            (await PostAsync(facade, "/graphql", Query, visitor)).Should().Be(Query);
            await PostAsync(facade, "/rest/V1/integration/customer/token", "{}", visitor);
            await PostAsync(facade, "/graphql", """{"query":"{ placeOrder }"}""", visitor);
            await PostAsync(facade, "/rest/V1/products", "{}", visitor);
        }

        var window = new EvidenceWindow();
        await Eventually.TrueAsync(async () =>
        {
            window = new EvidenceHistory(await facade.Services.GetRequiredService<EvidenceStore>().ReadAsync(FacadeUnderTest.SliceId, 0, 3600, Cancelled)).Last(3600);
            return window.Both(EvidenceMetric.Orders) == 20 && window.Both(EvidenceMetric.CartAdds) == 40 && window.Both(EvidenceMetric.Logins) == 20;
        }, "every event is counted once, and nothing else", Cancelled);
        window.Magento[EvidenceMetric.Orders].Should().BePositive();
        window.Extracted[EvidenceMetric.Orders].Should().BePositive();
        window.Extracted[EvidenceMetric.CartAdds].Should().Be(2 * window.Extracted[EvidenceMetric.Orders], "a visitor belongs to one side");
    }

    [Fact]
    public async Task Refused_IsNoEvent()
    {
        await using var facade = await FacadeUnderTest.StartAsync(await database.CreateAsync(Cancelled), Cancelled);
        await facade.ReadyAsync(Cancelled);
        await facade.MoveAsync(Stage.Canary, Cancelled, 50);
        facade.Magento.AnswerWith(400);

        await PostAsync(facade, "/rest/V1/guest-carts/abc/payment-information", "{}", 1);

        facade.Services.GetRequiredService<EvidenceRecorder>().Take().Should().BeEmpty();
    }

    [Fact]
    public async Task Patterns_ThatAreNone_StopTheStart()
    {
        var start = async () => await FacadeUnderTest.StartAsync(await database.CreateAsync(Cancelled), Cancelled, null, "--Evaluation:Orders:0=orders");

        (await start.Should().ThrowAsync<Exception>()).Which.ToString().Should().Contain("Evaluation:Orders").And.Contain("METHOD /path");
    }

    private static async Task<string> PostAsync(FacadeUnderTest facade, string path, string body, int visitor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, null, "application/json") };
        request.Headers.Add("Cookie", $"PHPSESSID=visitor{visitor}");
        using var response = await facade.Storefront.SendAsync(request, Cancelled);
        return await response.Content.ReadAsStringAsync(Cancelled);
    }
}
