using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Strangler.Proxy.Shadowing;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.Shadowing;

public sealed class ShadowTests(ControlDatabase database)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Shadow_SameAnswers_AreCountedAndNothingElseIsSeen()
    {
        await using var facade = await StartAsync();
        foreach (var upstream in (FakeUpstream[])[facade.Magento, facade.Service])
        {
            upstream.Answer = context => context.Response.WriteAsJsonAsync(new { price = 34 });
        }

        for (var i = 0; i < 10; i++)
        {
            (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Should().Be((HttpStatusCode.OK, """{"price":34}""", $"magento; reason=stage; slice={FacadeUnderTest.SliceId}"));
        }

        var parity = await ParityAsync(facade, view => Number(view, "compared") == 10);
        Number(parity, "different").Should().Be(0);
        parity.GetProperty("rate").GetDouble().Should().Be(1);
        facade.Service.Requests.Should().HaveCount(10);
    }

    [Fact]
    public async Task Shadow_RequestIsAskedAsItCame()
    {
        await using var facade = await StartAsync();
        var seen = new TaskCompletionSource<(string Target, Dictionary<string, string> Fields)>(TaskCreationOptions.RunContinuationsAsynchronously);
        facade.Service.Answer = context =>
        {
            seen.TrySetResult((
                context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
                context.Request.Headers.ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
            return context.Response.WriteAsync("x");
        };
        const string target = "/rest/V1//products/a%2Fb?fields=a%5Bb%5D&x=";

        await facade.AskAsync(target, Cancelled, headers: [("Authorization", "Bearer t"), ("Cookie", "a=b; c=d"), ("X-Strangler-Override", "no")]);

        var (asked, fields) = await seen.Task.WaitAsync(Cancelled);
        asked.Should().Be(target);
        fields.Should().Contain(new Dictionary<string, string>
        {
            ["Authorization"] = "Bearer t",
            ["Cookie"] = "a=b; c=d",
            ["Host"] = facade.Storefront.BaseAddress!.Authority,
            ["X-Forwarded-For"] = "127.0.0.1",
            [ShadowRequest.MarkHeader] = "1",
        });
        fields.Should().NotContainKey("X-Strangler-Override");
    }

    [Fact]
    public async Task Shadow_WrongPriceOfOneProduct_IsNamedWithItsRequest()
    {
        await using var facade = await StartAsync();
        facade.Magento.Answer = context => context.Response.WriteAsJsonAsync(new { sku = context.Request.Path.Value!.Split('/')[^1], price = 34.0 });
        facade.Service.Answer = context => context.Response.WriteAsJsonAsync(
            new { price = context.Request.Path.Value!.EndsWith("-7", StringComparison.Ordinal) ? 43.0 : 34.0, sku = context.Request.Path.Value.Split('/')[^1] });

        for (var i = 0; i < 20; i++)
        {
            await facade.AskAsync($"/rest/V1/products/P-{i}?email=jane@example.com", Cancelled);
        }

        var parity = await ParityAsync(facade, view => Number(view, "compared") == 20);
        Number(parity, "different").Should().Be(1);
        var group = parity.GetProperty("groups").EnumerateArray().Should().ContainSingle().Subject;
        group.GetProperty("path").GetString().Should().Be("$.price");
        group.GetProperty("kind").GetString().Should().Be("value");
        group.GetProperty("isNoise").GetBoolean().Should().BeFalse();
        var sample = group.GetProperty("samples").EnumerateArray().Should().ContainSingle().Subject;
        sample.GetProperty("request").GetString().Should().Be("GET /rest/V1/products/P-7?email=***");
        sample.GetProperty("magento").GetString().Should().Be("34");
        sample.GetProperty("service").GetString().Should().Be("43");
    }

    [Fact]
    public async Task Shadow_WhatMagentoShowsAgainstItself_IsNoise()
    {
        await using var facade = await StartAsync();
        var asked = 0;
        facade.Magento.Answer = context => context.Response.WriteAsJsonAsync(new { price = 34, token = Interlocked.Increment(ref asked) });
        facade.Service.Answer = context => context.Response.WriteAsJsonAsync(new { price = 34, token = -Interlocked.Increment(ref asked) });

        // The first ones teach it; then it is known.
        await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled);
        await ParityAsync(facade, view => view.GetProperty("groups").EnumerateArray().Any(group => group.GetProperty("isNoise").GetBoolean()));
        await Eventually.TrueAsync(
            async () =>
            {
                await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled);
                return Number(await ReadAsync(facade), "noisy") > 3;
            },
            "noise is told apart", Cancelled);

        Number(await ReadAsync(facade), "different").Should().BeLessThanOrEqualTo(2, "only before it was learned");
    }

    [Fact]
    public async Task Shadow_ReadThatRacedWithAWrite_IsAskedAgainAndIsNoDifference()
    {
        await using var facade = await StartAsync();
        var applied = false;
        facade.Magento.Answer = context => context.Response.WriteAsJsonAsync(new { price = 2 });
        facade.Service.Answer = context => context.Response.WriteAsJsonAsync(new { price = Volatile.Read(ref applied) ? 2 : 1 });
        facade.Await = _ =>
        {
            // What the change data capture does: it answers when the write has arrived.
            Volatile.Write(ref applied, true);
            return Task.CompletedTask;
        };

        await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled);

        var parity = await ParityAsync(facade, view => Number(view, "compared") == 1);
        Number(parity, "raced").Should().Be(1);
        Number(parity, "different").Should().Be(0);
    }

    [Fact]
    public async Task Shadow_ShoppersSession_IsNotAskedOfMagentoAgain()
    {
        await using var facade = await StartAsync(new { noiseRate = 1 });
        facade.Service.Answer = context => context.Response.WriteAsync("another answer");

        await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled, headers: [("Cookie", "a=b; PHPSESSID=abc; c=d")]);

        Number(await ParityAsync(facade, view => Number(view, "compared") == 1), "different").Should().Be(1);
        facade.Magento.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task Shadow_WhatTheClientHasInItsCache_IsNoPartOfTheComparison()
    {
        await using var facade = await StartAsync();
        facade.Magento.Answer = context =>
        {
            context.Response.StatusCode = context.Request.Headers.IfNoneMatch == "\"m\"" ? StatusCodes.Status304NotModified : StatusCodes.Status200OK;
            return Task.CompletedTask;
        };
        facade.Service.Answer = context =>
        {
            context.Response.StatusCode = context.Request.Headers.IfNoneMatch.Count > 0 ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK;
            return Task.CompletedTask;
        };

        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled, headers: [("If-None-Match", "\"m\"")])).Status.Should().Be(HttpStatusCode.NotModified);
        await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled, headers: [("If-None-Match", "\"old\"")]);

        Number(await ParityAsync(facade, view => Number(view, "compared") == 1), "different").Should().Be(0);
        facade.Service.Requests.Should().ContainSingle();
    }

    [Fact]
    public async Task Shadow_ServiceHangs_ShoppersDoNotNoticeAndCopiesAreDropped()
    {
        await using var facade = await StartAsync(new { maxConcurrency = 1, maxQueue = 2, timeoutMilliseconds = 60_000 });
        facade.Service.Answer = context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);

        for (var i = 0; i < 20; i++)
        {
            (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Status.Should().Be(HttpStatusCode.OK);
        }

        Number(await ParityAsync(facade, view => Number(view, "dropped") > 0), "dropped").Should().Be(17);
    }

    [Theory]
    [InlineData("POST", 0)]
    [InlineData("GET", 1)]
    public async Task Shadow_UnsafeMethods_AreNotCopied(string method, int copies)
    {
        await using var facade = await StartAsync(methods: ["GET", "POST"]);
        await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled, new HttpMethod(method));
        await facade.AskAsync("/rest/V1/products/last", Cancelled);
        await ParityAsync(facade, view => Number(view, "compared") >= 1 + copies - 0);
        facade.Service.Requests.Count(request => request == $"{method} {FacadeUnderTest.SlicePath}").Should().BeInRange(copies, copies * 2);
    }

    [Fact]
    public async Task Shadow_NamedUnsafeMethod_IsCopiedWithItsBody_AndBothSidesGetIt()
    {
        await using var facade = await StartAsync(new { methods = new[] { "POST" } }, methods: ["POST"]);
        var bodies = new System.Collections.Concurrent.ConcurrentBag<string>();
        foreach (var upstream in (FakeUpstream[])[facade.Magento, facade.Service])
        {
            upstream.Answer = async context =>
            {
                using var reader = new StreamReader(context.Request.Body);
                bodies.Add($"{upstream.Name}:{await reader.ReadToEndAsync(Cancelled)}");
            };
        }

        using var response = await facade.Storefront.PostAsync(FacadeUnderTest.SlicePath, new StringContent("qty=1"), Cancelled);

        await ParityAsync(facade, view => Number(view, "compared") == 1);
        bodies.Should().BeEquivalentTo("magento:qty=1", "service:qty=1");
    }

    [Fact]
    public async Task Live_WithReverse_MagentoIsAskedInTheBackground()
    {
        await using var facade = await StartAsync(new { reverse = true }, Stage.Live);
        facade.Magento.Answer = context => context.Response.WriteAsJsonAsync(new { price = 1 });
        facade.Service.Answer = context => context.Response.WriteAsJsonAsync(new { price = 2 });

        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Side.Should().StartWith("extracted");

        var parity = await ParityAsync(facade, view => Number(view, "different") == 1);
        var sample = parity.GetProperty("groups")[0].GetProperty("samples")[0];
        (sample.GetProperty("magento").GetString(), sample.GetProperty("service").GetString()).Should().Be(("1", "2"));
    }

    [Fact]
    public async Task Shadow_LargeAnswer_ReachesTheShopperWholeAndIsNotCompared()
    {
        await using var facade = await StartAsync(new { maxBodyBytes = 1000 });
        facade.Magento.Answer = context => context.Response.WriteAsync(new string('x', 100_000));

        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Body.Should().HaveLength(100_000);
        await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled);

        facade.Service.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Reset_BeginsAnewAndIsAudited()
    {
        await using var facade = await StartAsync();
        facade.Service.Answer = context => context.Response.WriteAsync("other");
        await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled);
        await ParityAsync(facade, view => Number(view, "compared") == 1);

        using var nameless = await facade.Control.PostAsJsonAsync($"/api/slices/{FacadeUnderTest.SliceId}/parity/reset", new { }, Cancelled);
        nameless.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        using var reset = await facade.Control.PostAsJsonAsync($"/api/slices/{FacadeUnderTest.SliceId}/parity/reset", new { reason = "mended" }, Cancelled);
        reset.StatusCode.Should().Be(HttpStatusCode.OK);

        var view = await ReadAsync(facade);
        Number(view, "compared").Should().Be(0);
        (await facade.Control.GetStringAsync(new Uri("/api/audit", UriKind.Relative), Cancelled)).Should().Contain("parity-reset").And.Contain("mended");
    }

    private async Task<FacadeUnderTest> StartAsync(object? shadow = null, Stage stage = Stage.Shadow, string[]? methods = null)
    {
        var facade = await FacadeUnderTest.StartAsync(await database.CreateAsync(Cancelled), Cancelled, slice =>
        {
            slice.Shadow = shadow;
            slice.Methods = methods ?? slice.Methods;
        });
        await facade.ReadyAsync(Cancelled);
        await facade.MoveAsync(stage, Cancelled);
        return facade;
    }

    private static async Task<JsonElement> ParityAsync(FacadeUnderTest facade, Func<JsonElement, bool> holds)
    {
        JsonElement last = default;
        try
        {
            await Eventually.TrueAsync(async () => holds(last = await ReadAsync(facade)), "the comparisons are counted", Cancelled);
        }
        catch (TimeoutException fault)
        {
            throw new TimeoutException($"{fault.Message}; last: {last}", fault);
        }

        return last;
    }

    private static Task<JsonElement> ReadAsync(FacadeUnderTest facade) => facade.Control.GetFromJsonAsync<JsonElement>($"/api/slices/{FacadeUnderTest.SliceId}/parity", Cancelled);

    private static long Number(JsonElement view, string name) => view.GetProperty(name).GetInt64();
}
