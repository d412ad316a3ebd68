using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.Protection;

/// <summary>What is refused before anybody has work with it. Limits are so that one more request a minute passes: no test depends on its speed.</summary>
public sealed class ProtectionTests(ControlDatabase database)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_beyond_the_storefronts_limit_is_told_when_to_come_again_and_others_are_not()
    {
        await using var facade = await StartAsync(
            null, "--Protection:RequestsPerMinute=1", "--Protection:Burst=3", "--Protection:Exempt:0=198.51.100.0/24", "--Facade:ForwardedHeaders:TrustedProxies:0=127.0.0.1");
        for (var i = 0; i < 3; i++)
        {
            (await AskAsync(facade, "/a", "192.0.2.1")).StatusCode.Should().Be(HttpStatusCode.OK);
        }

        using var refused = await AskAsync(facade, "/a", "192.0.2.1");
        refused.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.Should().BeInRange(1, 60);
        (await refused.Content.ReadAsStringAsync(Cancelled)).Should().Contain("<h1>Too Many Requests</h1>");
        facade.Magento.Requests.Should().HaveCount(3);

        (await AskAsync(facade, "/a", "192.0.2.2")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await AskAsync(facade, "/a", "10.9.9.9, 198.51.100.7")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await AskAsync(facade, "/a", "2001:db8::1")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await AskAsync(facade, "/a", "2001:db8::2")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await AskAsync(facade, "/a", "2001:db8::3")).StatusCode.Should().Be(HttpStatusCode.OK);
        (await AskAsync(facade, "/a", "2001:db8::4")).StatusCode.Should().Be(HttpStatusCode.TooManyRequests, "a site of IPv6 is one client");

        var view = await facade.Control.GetFromJsonAsync<JsonElement>("/api/protection", Cancelled);
        view.GetProperty("limits")[0].GetProperty("name").GetString().Should().Be("storefront");
        view.GetProperty("refused").GetProperty("storefront").GetInt32().Should().Be(2);
    }

    [Theory]
    [InlineData("/rest/V1/integration/customer/token", """{"message":"Too many requests. Try again later."}""")]
    [InlineData("/index.php/rest/default/V1/integration/customer/token", """{"message":"Too many requests. Try again later."}""")]
    [InlineData("/graphql", """{"errors":[{"message":"Too many requests. Try again later."}]}""")]
    public async Task A_route_has_a_limit_of_its_own_and_answers_in_its_words(string path, string expected)
    {
        await using var facade = await StartAsync(
            null, "--Protection:Routes:0:Name=logins", "--Protection:Routes:0:Matches:0=POST /rest/{storeCode?}/V1/integration/customer/token", "--Protection:Routes:0:Matches:1=POST /graphql",
            "--Protection:Routes:0:RequestsPerMinute=1");
        (await facade.Storefront.PostAsync(path, null, Cancelled)).StatusCode.Should().Be(HttpStatusCode.OK);

        using var refused = await facade.Storefront.PostAsync(path, null, Cancelled);

        refused.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
        refused.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        (await refused.Content.ReadAsStringAsync(Cancelled)).Should().Be(expected);
        (await facade.Storefront.GetAsync(path, Cancelled)).StatusCode.Should().Be(HttpStatusCode.OK, "another method is another route");
    }

    [Fact]
    public async Task A_slice_has_a_limit_of_its_own()
    {
        await using var facade = await StartAsync(slice => slice.More["protection"] = new { requestsPerMinute = 1, burst = 2 });
        (await facade.Storefront.GetAsync(FacadeUnderTest.SlicePath, Cancelled)).StatusCode.Should().Be(HttpStatusCode.OK);
        (await facade.Storefront.GetAsync(FacadeUnderTest.SlicePath, Cancelled)).StatusCode.Should().Be(HttpStatusCode.OK);

        (await facade.Storefront.GetAsync(FacadeUnderTest.SlicePath, Cancelled)).StatusCode.Should().Be(HttpStatusCode.TooManyRequests);

        (await facade.Storefront.GetAsync("/elsewhere", Cancelled)).StatusCode.Should().Be(HttpStatusCode.OK);
        using var explained = await facade.Control.PostAsJsonAsync("/api/explain", new { method = "GET", url = FacadeUnderTest.SlicePath }, Cancelled);
        (await explained.Content.ReadAsStringAsync(Cancelled)).Should().Contain("1 requests a minute of one client, 2 at once");
    }

    [Theory]
    [InlineData(false, "/upload")]
    [InlineData(true, "/upload")]
    [InlineData(true, FacadeUnderTest.SlicePath)]
    public async Task A_body_that_is_too_long_is_refused_however_it_is_sent(bool isChunked, string path)
    {
        await using var facade = await StartAsync(
            slice => (slice.Methods, slice.More["protection"]) = (["GET", "POST"], new { maxRequestBytes = 150_000 }),
            path == "/upload" ? ["--Protection:MaxRequestBytes=150000"] : []);
        facade.Magento.Answer = async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            await context.Response.WriteAsync("taken", context.RequestAborted);
        };
        (await SendAsync(facade, path, 150_000, isChunked)).Should().Be(HttpStatusCode.OK);

        (await SendAsync(facade, path, 150_001, isChunked)).Should().Be(HttpStatusCode.RequestEntityTooLarge);
        (await SendAsync(facade, path, 2_000_000, isChunked)).Should().Be(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Magento_works_on_no_more_than_it_can_and_services_do_not_count()
    {
        await using var facade = await StartAsync(null, "--Protection:MagentoConcurrency=1", "--Protection:MagentoQueue=1", "--Protection:MagentoQueueTimeout=00:10:00");
        await facade.MoveAsync(Stage.Live, Cancelled);
        var (open, arrived) = (new TaskCompletionSource(), new TaskCompletionSource());
        facade.Magento.Answer = async context =>
        {
            arrived.TrySetResult();
            await open.Task.WaitAsync(context.RequestAborted);
        };
        var first = facade.Storefront.GetAsync("/first", Cancelled);
        await arrived.Task.WaitAsync(Cancelled);
        var second = facade.Storefront.GetAsync("/second", Cancelled);
        await Eventually.TrueAsync(async () => (await MagentoAsync(facade)).GetProperty("waiting").GetInt32() == 1, "the second waits", Cancelled);

        using var third = await facade.Storefront.GetAsync("/third", Cancelled);
        third.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        third.Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromSeconds(1));
        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Side.Should().StartWith("extracted");
        (await MagentoAsync(facade)).GetProperty("busy").GetInt32().Should().Be(1);

        open.SetResult();
        (await first).StatusCode.Should().Be(HttpStatusCode.OK);
        (await second).StatusCode.Should().Be(HttpStatusCode.OK);
        facade.Magento.Requests.Should().BeEquivalentTo("GET /first", "GET /second");
        (await MagentoAsync(facade)).GetProperty("busy").GetInt32().Should().Be(0);
    }

    [Fact]
    public async Task Who_waits_too_long_for_Magento_is_told_and_a_fallback_waits_too()
    {
        await using var facade = await StartAsync(null, "--Protection:MagentoConcurrency=1", "--Protection:MagentoQueueTimeout=00:00:00.100");
        await facade.MoveAsync(Stage.Live, Cancelled);
        facade.Service.AnswerWith(500);
        var (open, arrived) = (new TaskCompletionSource(), new TaskCompletionSource());
        facade.Magento.Answer = async context =>
        {
            arrived.TrySetResult();
            await open.Task.WaitAsync(context.RequestAborted);
        };
        var first = facade.Storefront.GetAsync("/first", Cancelled);
        await arrived.Task.WaitAsync(Cancelled);

        (await facade.Storefront.GetAsync("/second", Cancelled)).StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        (await facade.Storefront.GetAsync(FacadeUnderTest.SlicePath, Cancelled)).StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);

        open.SetResult();
        (await first).StatusCode.Should().Be(HttpStatusCode.OK);
        (await facade.Storefront.GetAsync(FacadeUnderTest.SlicePath, Cancelled)).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_client_that_sends_too_slowly_is_cut()
    {
        await using var facade = await StartAsync(null, "--Protection:MinRequestBytesPerSecond=100000", "--Protection:SlowClientGrace=00:00:01.5");
        facade.Magento.Answer = context => context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", facade.Storefront.BaseAddress!.Port, Cancelled);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes("POST /slow HTTP/1.1\r\nHost: shop\r\nContent-Length: 1000000\r\n\r\na little"), Cancelled);

        using var reader = new StreamReader(stream, Encoding.Latin1);
        (await reader.ReadToEndAsync(Cancelled)).Should().StartWith("HTTP/1.1 408 ");
    }

    [Theory]
    [InlineData("Protection:Routes:0:Matches: 'nothing' must be 'METHOD /path'", "--Protection:Routes:0:Name=x", "--Protection:Routes:0:RequestsPerMinute=1", "--Protection:Routes:0:Matches:0=nothing")]
    [InlineData("Protection:Exempt: 'office' is neither an address nor a network", "--Protection:Exempt:0=office")]
    [InlineData("Protection:RequestsPerMinute", "--Protection:RequestsPerMinute=0")]
    [InlineData("Protection:Burst says nothing", "--Protection:Burst=5")]
    public async Task Settings_that_make_no_sense_are_named_at_start(string fault, params string[] settings)
    {
        var start = async () =>
        {
            await using var facade = await StartAsync(null, settings);
        };
        (await start.Should().ThrowAsync<OptionsValidationException>()).Which.Message.Should().Contain(fault);
    }

    private async Task<FacadeUnderTest> StartAsync(Action<JsonSlice>? slice, params string[] settings)
    {
        var facade = await FacadeUnderTest.StartAsync(await database.CreateAsync(Cancelled), Cancelled, slice, settings);
        await facade.ReadyAsync(Cancelled);
        return facade;
    }

    private static async Task<JsonElement> MagentoAsync(FacadeUnderTest facade) =>
        (await facade.Control.GetFromJsonAsync<JsonElement>("/api/protection", Cancelled)).GetProperty("magento");

    private static async Task<HttpResponseMessage> AskAsync(FacadeUnderTest facade, string path, string forwardedFor)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("X-Forwarded-For", forwardedFor);
        return await facade.Storefront.SendAsync(request, Cancelled);
    }

    private static async Task<HttpStatusCode> SendAsync(FacadeUnderTest facade, string path, int length, bool isChunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(new byte[length]) };
        request.Headers.TransferEncodingChunked = isChunked;
        // So that the answer is read before the body has gone, which the facade does not take any more.
        request.Headers.ExpectContinue = !isChunked;
        using var response = await facade.Storefront.SendAsync(request, Cancelled);
        return response.StatusCode;
    }
}
