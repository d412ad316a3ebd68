using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.Fallback;

public sealed class FallbackTests(ControlDatabase database)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(500, "fallback-serverError")]
    [InlineData(503, "fallback-serverError")]
    [InlineData(421, "fallback-declined")]
    public async Task ServiceAnswersBadly_MagentoAnswers_AndItIsCounted(int status, string reason)
    {
        await using var facade = await StartLiveAsync();
        facade.Service.AnswerWith(status);

        var (code, body, side) = await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled);

        code.Should().Be(HttpStatusCode.OK);
        body.Should().StartWith("magento:");
        side.Should().StartWith($"magento; reason={reason}");
        // Counted at the very end, which the client need not wait for.
        var count = 0L;
        await Eventually.TrueAsync(
            async () =>
            {
                var slice = await facade.Control.GetFromJsonAsync<JsonElement>($"/api/slices/{FacadeUnderTest.SliceId}", Cancelled);
                return slice.GetProperty("stats").GetProperty("fallbacks").TryGetProperty(reason["fallback-".Length..], out var counted) && (count = counted.GetInt64()) > 0;
            },
            "the fallback is counted", Cancelled);
        count.Should().Be(1);
    }

    [Theory]
    [InlineData(404)]
    [InlineData(401)]
    [InlineData(400)]
    public async Task ServiceSaysNo_IsItsAnswer(int status)
    {
        await using var facade = await StartLiveAsync();
        facade.Service.AnswerWith(status);

        var (code, body, _) = await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled);

        ((int)code).Should().Be(status);
        body.Should().Be($"service:{status}");
        facade.Magento.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task ServiceDown_MagentoAnswers()
    {
        await using var facade = await StartLiveAsync();
        await facade.Service.DisposeAsync();

        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Should()
            .Match<(HttpStatusCode, string, string)>(answer => answer.Item2.StartsWith("magento:") && answer.Item3.Contains("fallback-connectError"));
    }

    [Fact]
    public async Task ServiceHangs_MagentoAnswersAfterTheTimeout_AndTheServiceIsLetGo()
    {
        await using var facade = await StartLiveAsync(slice => slice.Limits = new { timeoutMilliseconds = 100 });
        var letGo = new TaskCompletionSource();
        facade.Service.Answer = async context =>
        {
            using var registration = context.RequestAborted.Register(() => letGo.TrySetResult());
            await letGo.Task;
        };

        var (_, body, side) = await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled);

        body.Should().StartWith("magento:");
        side.Should().Contain("fallback-timeout");
        await letGo.Task.WaitAsync(Eventually.Limit, Cancelled);
    }

    [Fact]
    public async Task ServiceBreaksOffInItsBody_ClientSeesIt_NotAMixture()
    {
        await using var facade = await StartLiveAsync();
        var begun = new TaskCompletionSource();
        facade.Service.Answer = async context =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync("begun");
            await context.Response.Body.FlushAsync();
            await begun.Task;
            context.Abort();
        };

        using var response = await facade.Storefront.GetAsync(FacadeUnderTest.SlicePath, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        await using var body = await response.Content.ReadAsStreamAsync(Cancelled);
        await body.ReadExactlyAsync(new byte[5], Cancelled);
        begun.SetResult();
        var rest = async () => await body.ReadExactlyAsync(new byte[995], Cancelled);

        await rest.Should().ThrowAsync<IOException>();
        facade.Magento.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task SlowBody_IsNotCutByTheTimeout()
    {
        await using var facade = await StartLiveAsync(slice => slice.Limits = new { timeoutMilliseconds = 100 });
        var timePassed = Task.Delay(TimeSpan.FromMilliseconds(400), TimeProvider.System, Cancelled);
        facade.Service.Answer = async context =>
        {
            await context.Response.WriteAsync("first ");
            await context.Response.Body.FlushAsync();
            await timePassed;
            await context.Response.WriteAsync("second");
        };

        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Body.Should().Be("first second");
    }

    [Fact]
    public async Task UnsafeMethod_IsNeverSentTwice()
    {
        await using var facade = await StartLiveAsync(slice => slice.Methods = ["GET", "POST"]);
        facade.Service.AnswerWith(500);

        var (code, body, _) = await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled, HttpMethod.Post);

        code.Should().Be(HttpStatusCode.InternalServerError);
        body.Should().Be("service:500");
        facade.Magento.Requests.Should().BeEmpty();
        facade.Service.Requests.Should().HaveCount(1);
    }

    [Fact]
    public async Task Circuit_OpensAfterFailures_SparesTheService_AndClosesAgain()
    {
        await using var facade = await StartLiveAsync(slice => slice.Limits = new
        {
            breakerMinimumThroughput = 4,
            breakerSamplingMilliseconds = 30_000,
            breakerBreakMilliseconds = 500,
        });
        facade.Service.AnswerWith(500);
        await Eventually.TrueAsync(
            async () => (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Side.Contains("reason=circuitOpen", StringComparison.Ordinal),
            "the circuit is open and the service is not asked", Cancelled);

        facade.Service.AnswerWith(200);

        await Eventually.TrueAsync(
            async () => (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Side.StartsWith("extracted", StringComparison.Ordinal),
            "the circuit is closed again", Cancelled);
    }

    [Fact]
    public async Task Bulkhead_Full_MagentoAnswersAtOnce()
    {
        await using var facade = await StartLiveAsync(slice => slice.Limits = new { maxConcurrency = 1, timeoutMilliseconds = 60_000 });
        var (arrived, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        facade.Service.Answer = async context =>
        {
            arrived.TrySetResult();
            await release.Task;
            await context.Response.WriteAsync("service:slow");
        };
        var first = facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled);
        await arrived.Task.WaitAsync(Eventually.Limit, Cancelled);

        var second = await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled);
        release.SetResult();

        second.Body.Should().StartWith("magento:");
        second.Side.Should().Contain("fallback-bulkhead");
        (await first).Body.Should().Be("service:slow");
    }

    private async Task<FacadeUnderTest> StartLiveAsync(Action<JsonSlice>? slice = null)
    {
        var facade = await FacadeUnderTest.StartAsync(await database.CreateAsync(Cancelled), Cancelled, slice);
        await facade.ReadyAsync(Cancelled);
        await facade.MoveAsync(Stage.Live, Cancelled);
        return facade;
    }
}
