using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.Replaying;

public sealed class ReplayTests(ControlDatabase database)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replay_ComparesBothSides_LeavesOutTheRest_AndCountsOnlyWhenWished()
    {
        await using var facade = await StartAsync();
        facade.Magento.Answer = context => context.Response.WriteAsJsonAsync(new { price = 34.0, host = context.Request.Host.Value });
        facade.Service.Answer = context => context.Response.WriteAsJsonAsync(new { price = context.Request.Path.Value!.EndsWith("-7", StringComparison.Ordinal) ? 43 : 34, host = context.Request.Host.Value });
        var run = await BeginAsync(facade, new { reason = "yesterday's log" });

        var view = await AskAsync(facade, run, [
            .. Enumerable.Range(0, 10).Select(i => new { method = "GET", target = $"/rest/V1/products/P-{i}", headers = new Dictionary<string, string> { ["Host"] = "shop.example" } }),
            new { method = "GET", target = "/customer/account", headers = new Dictionary<string, string>() },
            new { method = "POST", target = "/rest/V1/products/P-1", headers = new Dictionary<string, string>() },
        ]);

        (Number(view, "requests"), Number(view, "asked"), Number(view, "ofNoSlice"), Number(view, "unsafe")).Should().Be((12, 10, 1, 1));
        var report = await facade.Control.GetFromJsonAsync<JsonElement>($"/api/replays/{run}", Cancelled);
        var slice = report.GetProperty("slices")[0];
        (Number(slice, "compared"), Number(slice, "different")).Should().Be((10, 1));
        slice.GetProperty("groups")[0].GetProperty("path").GetString().Should().Be("$.price");
        slice.GetProperty("groups")[0].GetProperty("samples")[0].GetProperty("request").GetString().Should().Be("GET /rest/V1/products/P-7");
        Number(await facade.Control.GetFromJsonAsync<JsonElement>($"/api/slices/{FacadeUnderTest.SliceId}/parity", Cancelled), "compared").Should().Be(0, "nobody asked for it to count");
        (await facade.Control.GetStringAsync(new Uri("/api/audit", UriKind.Relative), Cancelled)).Should().Contain("yesterday");
        using var ended = await facade.Control.DeleteAsync(new Uri($"/api/replays/{run}", UriKind.Relative), Cancelled);
        ended.StatusCode.Should().Be(HttpStatusCode.OK);
        using var gone = await facade.Control.GetAsync(new Uri($"/api/replays/{run}", UriKind.Relative), Cancelled);
        gone.StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Replay_ThatCounts_IsTheSlicesEvidence()
    {
        await using var facade = await StartAsync();
        var run = await BeginAsync(facade, new { reason = "counts", count = true });

        await AskAsync(facade, run, [new { method = "GET", target = FacadeUnderTest.SlicePath }]);

        await Eventually.TrueAsync(
            async () => Number(await facade.Control.GetFromJsonAsync<JsonElement>($"/api/slices/{FacadeUnderTest.SliceId}/parity", Cancelled), "compared") == 1,
            "it is counted", Cancelled);
    }

    [Fact]
    public async Task Replay_NoiseLearnedLate_IsTakenOffWhatWasCountedBefore()
    {
        await using var facade = await StartAsync();
        var asked = 0;
        facade.Magento.Answer = context => context.Response.WriteAsJsonAsync(new { token = Interlocked.Increment(ref asked) });
        facade.Service.Answer = context => context.Response.WriteAsJsonAsync(new { token = -Interlocked.Increment(ref asked) });
        var run = await BeginAsync(facade, new { reason = "noise" });

        await AskAsync(facade, run, [.. Enumerable.Range(0, 5).Select(i => new { method = "GET", target = $"/rest/V1/products/P-{i}" })]);

        var slice = (await facade.Control.GetFromJsonAsync<JsonElement>($"/api/replays/{run}", Cancelled)).GetProperty("slices")[0];
        (Number(slice, "compared"), Number(slice, "different"), Number(slice, "noisy")).Should().Be((5, 0, 5));
    }

    [Fact]
    public async Task Replay_AgainstOtherAddresses_AsksThose()
    {
        await using var facade = await StartAsync();
        await using var staging = await FakeUpstream.StartAsync("staging");
        var run = await BeginAsync(facade, new { reason = "staging", magento = staging.Address, storeUrl = "https://shop.example" });
        var seen = new TaskCompletionSource<(string Host, string Scheme)>(TaskCreationOptions.RunContinuationsAsynchronously);
        staging.Answer = context =>
        {
            seen.TrySetResult((context.Request.Host.Value!, context.Request.Headers["X-Forwarded-Proto"].ToString()));
            return Task.CompletedTask;
        };

        await AskAsync(facade, run, [new { method = "GET", target = FacadeUnderTest.SlicePath, headers = new Dictionary<string, string> { ["Host"] = "old.example" } }]);

        (await seen.Task).Should().Be(("shop.example", "https"));
        facade.Magento.Requests.Should().BeEmpty();
    }

    [Theory]
    [InlineData("GET", "/a b", "")]
    [InlineData("GET", "/a\r\nX: y", "")]
    [InlineData("GET", "http://elsewhere/", "")]
    [InlineData("GE T", "/a", "")]
    [InlineData("GET", "/a", "b\r\nX: y")]
    public async Task Replay_WhatIsNoRequest_IsRefused(string method, string target, string header)
    {
        await using var facade = await StartAsync();
        var run = await BeginAsync(facade, new { reason = "bad" });

        using var answer = await facade.Control.PostAsJsonAsync(
            $"/api/replays/{run}/requests", new { requests = new[] { new { method, target, headers = new Dictionary<string, string> { ["Accept"] = header } } } }, Cancelled);

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task Replay_CountingOfOtherSides_IsRefused()
    {
        await using var facade = await StartAsync();

        using var answer = await facade.Control.PostAsJsonAsync("/api/replays", new { reason = "x", count = true, service = "http://other" }, Cancelled);

        answer.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadAsStringAsync(Cancelled)).Should().Contain("no evidence of them");
    }

    private async Task<FacadeUnderTest> StartAsync()
    {
        var facade = await FacadeUnderTest.StartAsync(await database.CreateAsync(Cancelled), Cancelled);
        await facade.ReadyAsync(Cancelled);
        foreach (var upstream in (FakeUpstream[])[facade.Magento, facade.Service])
        {
            upstream.Answer = context => context.Response.WriteAsync("the same");
        }

        return facade;
    }

    private static async Task<string> BeginAsync(FacadeUnderTest facade, object request)
    {
        using var answer = await facade.Control.PostAsJsonAsync("/api/replays", request, Cancelled);
        answer.StatusCode.Should().Be(HttpStatusCode.Created, await answer.Content.ReadAsStringAsync(Cancelled));
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("id").GetString()!;
    }

    private static async Task<JsonElement> AskAsync(FacadeUnderTest facade, string run, object[] requests)
    {
        using var answer = await facade.Control.PostAsJsonAsync($"/api/replays/{run}/requests", new { requests }, Cancelled);
        answer.StatusCode.Should().Be(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync(Cancelled));
        JsonElement view = default;
        await Eventually.TrueAsync(
            async () => Number(view = await facade.Control.GetFromJsonAsync<JsonElement>($"/api/replays/{run}", Cancelled), "pending") == 0, "all are asked", Cancelled);
        return view;
    }

    private static long Number(JsonElement view, string name) => view.GetProperty(name).GetInt64();
}
