using System.Net.Http.Json;
using System.Text.Json;
using Strangler.Proxy.Freshness;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.Freshness;

/// <summary><c>session</c> and <c>strict</c>: who may be answered by the service, and who waits.</summary>
public sealed class PromiseTests(ControlDatabase database)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Strict_EveryRequestAsksFirst_AndTheServiceAnswersAfter()
    {
        await using var facade = await StartAsync("strict", 5000);
        var (open, asked) = (new TaskCompletionSource(), new TaskCompletionSource());
        facade.Await = async context =>
        {
            asked.TrySetResult();
            await open.Task.WaitAsync(context.RequestAborted);
        };
        var reading = facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled);
        await asked.Task.WaitAsync(Cancelled);
        facade.Service.Requests.Should().BeEmpty("nothing is asked of the service before the data are there");
        open.SetResult();

        (await reading).Side.Should().StartWith("extracted; reason=live");
        var cost = (await SliceAsync(facade)).GetProperty("freshnessCost");
        cost.GetProperty("waits").GetInt32().Should().BeGreaterThan(0);
        cost.GetProperty("givenUp").GetInt32().Should().Be(0);
    }

    [Fact]
    public async Task Strict_DataDoNotCome_MagentoAnswersAfterTheBound()
    {
        await using var facade = await StartAsync("strict", 20);
        facade.Await = context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);

        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Side.Should().StartWith("magento; reason=stale");

        (await SliceAsync(facade)).GetProperty("freshnessCost").GetProperty("givenUp").GetInt32().Should().BeGreaterThan(0);
        var explained = await ExplainAsync(facade);
        explained.Should().Contain("not within 20 ms");
    }

    [Theory]
    [InlineData(504)]
    [InlineData(404)]
    public async Task Strict_CdcSyncRefuses_MagentoAnswers(int status)
    {
        await using var facade = await StartAsync("strict", 5000);
        facade.Await = context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        };

        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Side.Should().StartWith("magento; reason=stale");
    }

    [Fact]
    public async Task Strict_TheQuestionNamesServiceAndTables()
    {
        await using var facade = await StartAsync("strict", 5000);
        var body = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        facade.Await = async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            body.TrySetResult(await reader.ReadToEndAsync(context.RequestAborted));
        };

        await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled);

        (await body.Task.WaitAsync(Cancelled)).Should().Be("""{"service":"catalog","timeoutMs":5000,"tables":["catalog_product_entity"]}""");
    }

    [Fact]
    public async Task Session_WhoHasNotWritten_DoesNotWait()
    {
        await using var facade = await StartAsync("session", 5000);
        facade.Await = _ => throw new InvalidOperationException("nobody should ask");

        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled, headers: ("Cookie", "PHPSESSID=abc"))).Side.Should().StartWith("extracted; reason=live");
    }

    [Theory]
    [InlineData("/customer/address/save")]
    [InlineData("/rest/V1/products/24-MB01")]
    public async Task Session_WhoHasWritten_WaitsForTheirWriteOnEveryReplica(string target)
    {
        var connection = await database.CreateAsync(Cancelled);
        await using var first = await StartAsync("session", 20, connection);
        await using var second = await FacadeUnderTest.StartAsync(connection, Cancelled, slice => slice.Freshness = new { mode = "session", waitMilliseconds = 20 });
        await second.ReadyAsync(Cancelled);
        foreach (var facade in (FacadeUnderTest[])[first, second])
        {
            // The regular word about the data's age would prove the write to be there.
            facade.LagMilliseconds = null;
            facade.Await = context =>
            {
                context.Response.StatusCode = 504;
                return Task.CompletedTask;
            };
            await Eventually.TrueAsync(async () => (await SliceAsync(facade)).GetProperty("lag").GetProperty("milliseconds").ValueKind == JsonValueKind.Null, "the age is unknown", Cancelled);
            await Eventually.TrueAsync(async () => (await SliceAsync(facade)).GetProperty("stage").GetString() == "live", "the slice is live", Cancelled);
        }

        var word = await WriteAsync(first, target);
        foreach (var facade in (FacadeUnderTest[])[first, second])
        {
            (await ReadAsync(facade, word)).Should().StartWith("magento; reason=stale", "the write is not there yet");
            facade.Await = _ => Task.CompletedTask;
            await Eventually.TrueAsync(async () => (await ReadAsync(facade, word)).StartsWith("extracted", StringComparison.Ordinal), "the write is there", Cancelled);
            facade.Await = _ => throw new InvalidOperationException("what is proved once is not asked again");
            (await ReadAsync(facade, word)).Should().StartWith("extracted");
        }
    }

    [Fact]
    public async Task Session_WithoutCookies_IsKnownByTheirToken()
    {
        await using var facade = await StartAsync("session", 20);
        facade.LagMilliseconds = null;
        await Eventually.TrueAsync(async () => (await SliceAsync(facade)).GetProperty("lag").GetProperty("milliseconds").ValueKind == JsonValueKind.Null, "the age is unknown", Cancelled);
        facade.Await = context =>
        {
            context.Response.StatusCode = 504;
            return Task.CompletedTask;
        };
        await facade.AskAsync("/rest/V1/carts/mine/items", Cancelled, HttpMethod.Post, ("Authorization", "Bearer one"));

        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled, headers: ("Authorization", "Bearer one"))).Side.Should().StartWith("magento; reason=stale");
        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled, headers: ("Authorization", "Bearer other"))).Side.Should().StartWith("extracted");
    }

    [Fact]
    public async Task Session_WhileTheSliceIsLegacy_NoAnswerGetsACookie()
    {
        await using var facade = await FacadeUnderTest.StartAsync(
            await database.CreateAsync(Cancelled), Cancelled, slice => slice.Freshness = new { mode = "session" });
        await facade.ReadyAsync(Cancelled);

        using var response = await facade.Storefront.PostAsync("/customer/address/save", null, Cancelled);

        response.Headers.Contains("Set-Cookie").Should().BeFalse();
    }

    private async Task<FacadeUnderTest> StartAsync(string mode, int wait, string? connection = null)
    {
        var facade = await FacadeUnderTest.StartAsync(
            connection ?? await database.CreateAsync(Cancelled), Cancelled, slice => slice.Freshness = new { mode, waitMilliseconds = wait });
        await facade.ReadyAsync(Cancelled);
        await facade.MoveAsync(Stage.Live, Cancelled);
        return facade;
    }

    private static async Task<string> WriteAsync(FacadeUnderTest facade, string target)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, target);
        request.Headers.Add("Cookie", "PHPSESSID=abc");
        using var response = await facade.Storefront.SendAsync(request, Cancelled);
        var cookie = response.Headers.GetValues("Set-Cookie").Single(value => value.StartsWith(WriteMarks.CookieName, StringComparison.Ordinal));
        cookie.Should().Contain("httponly").And.Contain("path=/");
        return cookie.Split(';')[0];
    }

    private static async Task<string> ReadAsync(FacadeUnderTest facade, string word) =>
        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled, headers: ("Cookie", $"PHPSESSID=abc; {word}"))).Side;

    private static async Task<JsonElement> SliceAsync(FacadeUnderTest facade) =>
        await facade.Control.GetFromJsonAsync<JsonElement>($"/api/slices/{FacadeUnderTest.SliceId}", Cancelled);

    private static async Task<string> ExplainAsync(FacadeUnderTest facade)
    {
        using var response = await facade.Control.PostAsJsonAsync("/api/explain", new { method = "GET", url = FacadeUnderTest.SlicePath }, Cancelled);
        return await response.Content.ReadAsStringAsync(Cancelled);
    }
}
