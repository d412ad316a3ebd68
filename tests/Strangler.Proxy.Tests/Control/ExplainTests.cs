using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.Control;

public sealed class ExplainTests(ControlDatabase database)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Explain_AgreesWithWhatHappens_ForManyVisitors()
    {
        await using var facade = await StartAsync();
        await facade.MoveAsync(Stage.Canary, Cancelled, 40);

        var sides = new HashSet<string>();
        for (var visitor = 0; visitor < 40; visitor++)
        {
            var cookie = $"PHPSESSID=session{visitor}";
            var explained = await ExplainAsync(facade, FacadeUnderTest.SlicePath, new { Cookie = cookie });
            var (_, _, side) = await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled, null, ("Cookie", cookie));

            side.Should().StartWith(explained.GetProperty("side").GetString());
            side.Should().Contain("reason=" + explained.GetProperty("reason").GetString());
            sides.Add(side.Split(';')[0]);
        }

        sides.Should().HaveCount(2, "at 40 % both sides are seen");
    }

    [Theory]
    [InlineData("/some/page", "noSlice")]
    [InlineData("https://shop.test/rest/V1/products/x", "stage")]
    [InlineData("https://shop.test", "noSlice")]
    public async Task Explain_Url_FindsItsSlice(string url, string reason)
    {
        await using var facade = await StartAsync();

        var explained = await ExplainAsync(facade, url, new { });

        explained.GetProperty("reason").GetString().Should().Be(reason);
        explained.GetProperty("steps").EnumerateArray().Count(step => step.GetProperty("decides").GetBoolean()).Should().Be(1);
    }

    [Theory]
    [InlineData("""{ "method": "GET" }""")]
    [InlineData("""{ "method": "GET", "url": "shop.test/x" }""")]
    [InlineData("""{ "method": "GET", "url": "/x", "clientAddress": "nowhere" }""")]
    public async Task Explain_Unreadable_Is422(string body)
    {
        await using var facade = await StartAsync();

        using var response = await facade.Control.PostAsync("/api/explain", new StringContent(body, null, "application/json"), Cancelled);

        response.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
    }

    private static async Task<JsonElement> ExplainAsync(FacadeUnderTest facade, string url, object headers)
    {
        using var response = await facade.Control.PostAsJsonAsync("/api/explain", new { method = "GET", url, headers }, Cancelled);
        response.StatusCode.Should().Be(HttpStatusCode.OK);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
    }

    private async Task<FacadeUnderTest> StartAsync()
    {
        var facade = await FacadeUnderTest.StartAsync(await database.CreateAsync(Cancelled), Cancelled);
        await facade.ReadyAsync(Cancelled);
        return facade;
    }
}
