using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.Flags;

public sealed class CanaryTests(ControlDatabase database)
{
    private const string Extracted = "extracted";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Canary_SameVisitor_StaysOnOneSide_AndAHigherShareOnlyAdds()
    {
        await using var facade = await StartAsync();
        var before = new HashSet<int>();
        foreach (var percent in new double[] { 20, 60 })
        {
            await facade.MoveAsync(Stage.Canary, Cancelled, percent);
            var now = await ExtractedVisitorsAsync(facade);
            var again = await ExtractedVisitorsAsync(facade);

            again.Should().BeEquivalentTo(now);
            now.IsSupersetOf(before).Should().BeTrue("whoever was in a smaller share stays in a larger one");
            // 200 visitors: far more than any fair share could stray.
            now.Count.Should().BeInRange((int)((2 * percent) - 40), (int)((2 * percent) + 40));
            before = now;
        }
    }

    [Theory]
    [InlineData("""{ "storeViews": ["de"] }""", "/rest/de/V1/products/x", "", "/rest/V1/products/x", "")]
    [InlineData("""{ "storeViews": ["de"] }""", "/rest/V1/products/x", "Cookie: store=de", "/rest/V1/products/x", "Cookie: store=fr")]
    [InlineData("""{ "headers": { "X-Tester": "ada" } }""", "/rest/V1/products/x", "X-Tester: ada", "/rest/V1/products/x", "X-Tester: bob")]
    [InlineData("""{ "headers": { "X-Tester": "*" } }""", "/rest/V1/products/x", "X-Tester: anyone", "/rest/V1/products/x", "")]
    [InlineData("""{ "cookies": { "beta": "1" } }""", "/rest/V1/products/x", "Cookie: a=b; beta=1", "/rest/V1/products/x", "Cookie: beta=2")]
    [InlineData("""{ "ipRanges": ["127.0.0.0/8"], "cookies": { "beta": "*" } }""", "/rest/V1/products/x", "Cookie: beta=x", "/rest/V1/products/x", "")]
    [InlineData("""{ "customerGroups": ["0"] }""", "/rest/V1/products/x", "", "/rest/V1/products/x", "Authorization: Bearer abc")]
    public async Task Include_Rule_TakesItsVisitorsAtZeroPercent(string rule, string inPath, string inHeader, string outPath, string outHeader)
    {
        await using var facade = await StartAsync();
        await facade.MoveAsync(Stage.Canary, Cancelled, 0);
        await SetRulesAsync(facade, $$"""{ "include": [ {{rule}} ] }""");

        (await facade.AskAsync(inPath, Cancelled, null, Header(inHeader))).Side.Should().StartWith(Extracted);
        (await facade.AskAsync(outPath, Cancelled, null, Header(outHeader))).Side.Should().StartWith("magento; reason=notInCohort");
    }

    [Fact]
    public async Task Exclude_Rule_BeatsPercentageAndInclude()
    {
        await using var facade = await StartAsync();
        await facade.MoveAsync(Stage.Canary, Cancelled, 100);
        await SetRulesAsync(facade, """{ "include": [ { "storeViews": ["de"] } ], "exclude": [ { "cookies": { "vip": "*" } } ] }""");

        (await facade.AskAsync("/rest/de/V1/products/x", Cancelled)).Side.Should().StartWith(Extracted);
        (await facade.AskAsync("/rest/de/V1/products/x", Cancelled, null, ("Cookie", "vip=1"))).Side.Should().StartWith("magento; reason=notInCohort");
    }

    [Theory]
    [InlineData("2000-01-01T00:00:00Z", "2001-01-01T00:00:00Z", false)]
    [InlineData("2000-01-01T00:00:00Z", null, true)]
    [InlineData("2999-01-01T00:00:00Z", null, false)]
    public async Task TimeWindow_Closed_LeavesEverybodyWithMagento(string start, string? end, bool open)
    {
        await using var facade = await StartAsync();
        await facade.MoveAsync(Stage.Canary, Cancelled, 100);
        await SetRulesAsync(facade, JsonSerializer.Serialize(new { timeWindow = new { start, end } }));

        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Side.Should().StartWith(open ? Extracted : "magento; reason=notInCohort");
    }

    [Theory]
    [InlineData("""{ "rules": { "include": [ { } ] }, "reason": "x" }""", "include[0]")]
    [InlineData("""{ "rules": { "exclude": [ { "ipRanges": ["10.0.0.0/99"] } ] }, "reason": "x" }""", "10.0.0.0/99")]
    [InlineData("""{ "rules": { "timeWindow": { } }, "reason": "x" }""", "timeWindow")]
    [InlineData("""{ "rules": { }, "reason": "" }""", "'reason'")]
    [InlineData("""{ "reason": "x" }""", "'rules' is missing")]
    public async Task SetRules_Invalid_Is422(string body, string expected)
    {
        await using var facade = await StartAsync();

        using var response = await facade.Control.PutAsync(
            $"/api/slices/{FacadeUnderTest.SliceId}/rules", new StringContent(body, null, "application/json"), Cancelled);

        response.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await response.Content.ReadAsStringAsync(Cancelled)).Should().Contain(expected);
    }

    [Fact]
    public async Task Override_SignedToken_ChoosesTheSide_ByHeaderAndCookie()
    {
        await using var facade = await StartAsync();
        var extracted = await TokenAsync(facade, "extracted");

        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled, null, ("X-Strangler-Override", extracted))).Side
            .Should().StartWith("extracted; reason=override");
        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled, null, ("Cookie", $"a=b; strangler_override={extracted}"))).Side
            .Should().StartWith("extracted; reason=override");
        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled, null, ("X-Strangler-Override", extracted + "x"))).Side
            .Should().StartWith("magento; reason=stage");

        await facade.MoveAsync(Stage.Live, Cancelled);
        var magento = await TokenAsync(facade, "magento");
        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled, null, ("X-Strangler-Override", magento))).Side
            .Should().StartWith("magento; reason=override");
    }

    private static async Task<string> TokenAsync(FacadeUnderTest facade, string side)
    {
        using var response = await facade.Control.PostAsJsonAsync("/api/override-tokens", new { side, minutes = 5 }, Cancelled);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("token").GetString()!;
    }

    private static async Task<HashSet<int>> ExtractedVisitorsAsync(FacadeUnderTest facade)
    {
        var found = new HashSet<int>();
        for (var visitor = 0; visitor < 200; visitor++)
        {
            if ((await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled, null, ("Cookie", $"PHPSESSID=s{visitor}"))).Side.StartsWith(Extracted, StringComparison.Ordinal))
            {
                found.Add(visitor);
            }
        }

        return found;
    }

    private static async Task SetRulesAsync(FacadeUnderTest facade, string rules)
    {
        using var response = await facade.Control.PutAsync(
            $"/api/slices/{FacadeUnderTest.SliceId}/rules",
            new StringContent($$"""{ "rules": {{rules}}, "reason": "test" }""", null, "application/json"), Cancelled);
        response.StatusCode.Should().Be(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Cancelled));
    }

    private static (string Name, string Value)[] Header(string text) => text.Length == 0 ? [] : [(text.Split(": ")[0], text.Split(": ")[1])];

    private async Task<FacadeUnderTest> StartAsync()
    {
        var facade = await FacadeUnderTest.StartAsync(await database.CreateAsync(Cancelled), Cancelled);
        await facade.ReadyAsync(Cancelled);
        return facade;
    }
}
