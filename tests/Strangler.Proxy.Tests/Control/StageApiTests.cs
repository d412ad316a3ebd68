using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.Control;

public sealed class StageApiTests(ControlDatabase database)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Move_ToLive_TakesEffectAtOnce_AndIsInTheAuditLog()
    {
        await using var facade = await StartAsync();

        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Body.Should().StartWith("magento:");
        using var response = await facade.MoveAsync(new { stage = "live", reason = "parity is proven", expectedVersion = 0, @override = true }, Cancelled);
        var slice = await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled);

        slice.GetProperty("stage").GetString().Should().Be("live");
        slice.GetProperty("version").GetInt64().Should().Be(1);
        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Body.Should().StartWith("service:");
        var audit = await facade.Control.GetFromJsonAsync<JsonElement>("/api/audit", Cancelled);
        var entry = audit.GetProperty("entries")[0];
        entry.GetProperty("who").GetString().Should().Be("demo");
        entry.GetProperty("reason").GetString().Should().Be("parity is proven");
        entry.GetProperty("from").GetProperty("stage").GetString().Should().Be("legacy");
        entry.GetProperty("to").GetProperty("stage").GetString().Should().Be("live");
    }

    [Fact]
    public async Task Move_WithOldVersion_Is409AndChangesNothing()
    {
        await using var facade = await StartAsync();
        await facade.MoveAsync(Stage.Canary, Cancelled, 10);

        using var response = await facade.MoveAsync(new { stage = "live", reason = "too late", expectedVersion = 0 }, Cancelled);

        response.StatusCode.Should().Be(HttpStatusCode.Conflict);
        response.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        var slice = await facade.Control.GetFromJsonAsync<JsonElement>($"/api/slices/{FacadeUnderTest.SliceId}", Cancelled);
        slice.GetProperty("stage").GetString().Should().Be("canary");
        slice.GetProperty("version").GetInt64().Should().Be(1);
    }

    [Fact]
    public async Task Move_WithAMisspeltField_Is400AndChangesNothing()
    {
        await using var facade = await StartAsync();

        using var response = await facade.MoveAsync(new { stage = "live", reason = "a typing error", expectdVersion = 7 }, Cancelled);

        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        var slice = await facade.Control.GetFromJsonAsync<JsonElement>($"/api/slices/{FacadeUnderTest.SliceId}", Cancelled);
        slice.GetProperty("stage").GetString().Should().Be("legacy");
    }

    [Fact]
    public async Task Move_ManyAtOnceExpectingTheSameVersion_OneWins()
    {
        await using var facade = await StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(1, 8).Select(async percent =>
        {
            using var response = await facade.MoveAsync(new { stage = "canary", percent, reason = "race", expectedVersion = 0, @override = true }, Cancelled);
            return response.StatusCode;
        }));

        answers.Count(status => status == HttpStatusCode.OK).Should().Be(1);
        answers.Count(status => status == HttpStatusCode.Conflict).Should().Be(7);
        var check = await facade.Control.GetFromJsonAsync<JsonElement>("/api/audit/check", Cancelled);
        check.GetProperty("intact").GetBoolean().Should().BeTrue();
    }

    [Theory]
    [InlineData("""{ "stage": "flying", "reason": "x" }""", "'stage' must be")]
    [InlineData("""{ "stage": "3", "reason": "x" }""", "'stage' must be")]
    [InlineData("""{ "stage": "live" }""", "'reason'")]
    [InlineData("""{ "stage": "live", "reason": "  " }""", "'reason'")]
    [InlineData("""{ "stage": "canary", "reason": "x" }""", "'percent'")]
    [InlineData("""{ "stage": "canary", "percent": 101, "reason": "x" }""", "'percent'")]
    [InlineData("""{ "stage": "live", "percent": 10, "reason": "x" }""", "belongs to canary")]
    [InlineData("""{ "stage": "retired", "reason": "x" }""", "only a live slice")]
    public async Task Move_Invalid_Is422WithTheReason(string body, string expected)
    {
        await using var facade = await StartAsync();

        using var response = await facade.Control.PostAsync(
            $"/api/slices/{FacadeUnderTest.SliceId}/stage", new StringContent(body, null, "application/json"), Cancelled);

        response.StatusCode.Should().Be(HttpStatusCode.UnprocessableEntity);
        (await response.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("detail").GetString().Should().Contain(expected);
    }

    [Fact]
    public async Task Move_UnknownSlice_Is404NamingTheKnown()
    {
        await using var facade = await StartAsync();

        using var response = await facade.MoveAsync(new { stage = "live", reason = "x" }, Cancelled, "no.such");

        response.StatusCode.Should().Be(HttpStatusCode.NotFound);
        (await response.Content.ReadAsStringAsync(Cancelled)).Should().Contain(FacadeUnderTest.SliceId);
    }

    [Fact]
    public async Task KillSwitch_SendsALiveSliceToMagento_AndBack()
    {
        await using var facade = await StartAsync();
        await facade.MoveAsync(Stage.Live, Cancelled);

        using var on = await facade.Control.PostAsJsonAsync("/api/kill-switch", new { on = true, reason = "orders look odd" }, Cancelled);
        on.StatusCode.Should().Be(HttpStatusCode.OK);
        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Side.Should().StartWith("magento; reason=killSwitch");

        using var off = await facade.Control.PostAsJsonAsync("/api/kill-switch", new { on = false, reason = "false alarm" }, Cancelled);
        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Side.Should().StartWith("extracted; reason=live");
    }

    [Fact]
    public async Task AuditCheck_TamperedRow_IsFound()
    {
        var connection = await database.CreateAsync(Cancelled);
        await using var facade = await FacadeUnderTest.StartAsync(connection, Cancelled);
        await facade.ReadyAsync(Cancelled);
        await facade.MoveAsync(Stage.Canary, Cancelled, 1);
        await facade.MoveAsync(Stage.Canary, Cancelled, 2);
        await facade.MoveAsync(Stage.Live, Cancelled);
        var name = new MySqlConnector.MySqlConnectionStringBuilder(connection).Database;

        await database.Server.ExecuteAsync(name, "update audit_log set reason = 'something else' where id = 2", Cancelled);

        var check = await facade.Control.GetFromJsonAsync<JsonElement>("/api/audit/check", Cancelled);
        check.GetProperty("intact").GetBoolean().Should().BeFalse();
        check.GetProperty("brokenAt").GetInt64().Should().Be(2);
    }

    [Fact]
    public async Task Storefront_AnswersNothingOfTheControlApi()
    {
        await using var facade = await StartAsync();

        foreach (var path in new[] { "/api/slices", "/health/ready", "/metrics", "/" })
        {
            (await facade.AskAsync(path, Cancelled)).Body.Should().StartWith("magento:", $"{path} is Magento's on the storefront");
        }
    }

    [Fact]
    public async Task Api_WithKeys_WantsOne_AndNamesTheCallerInTheAuditLog()
    {
        await using var facade = await FacadeUnderTest.StartAsync(
            await database.CreateAsync(Cancelled), Cancelled, null, "--Control:Open=false", "--Control:ApiKeys:0=ada:0123456789abcdef");

        using var refused = await facade.Control.GetAsync("/api/slices", Cancelled);
        refused.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        using var badLogin = await facade.Control.PostAsJsonAsync("/api/login", new { key = "wrong" }, Cancelled);
        badLogin.StatusCode.Should().Be(HttpStatusCode.Unauthorized);

        facade.Control.DefaultRequestHeaders.Authorization = new("Bearer", "0123456789abcdef");
        await facade.ReadyAsync(Cancelled);
        await facade.MoveAsync(Stage.Live, Cancelled);
        var audit = await facade.Control.GetFromJsonAsync<JsonElement>("/api/audit", Cancelled);
        audit.GetProperty("entries")[0].GetProperty("who").GetString().Should().Be("ada");

        facade.Control.DefaultRequestHeaders.Authorization = null;
        using var login = await facade.Control.PostAsJsonAsync("/api/login", new { key = "0123456789abcdef" }, Cancelled);
        var cookie = login.Headers.GetValues("Set-Cookie").Single();
        cookie.Should().Contain("httponly").And.Contain("samesite=strict");
        facade.Control.DefaultRequestHeaders.Add("Cookie", cookie.Split(';')[0]);
        using var accepted = await facade.Control.GetAsync("/api/slices", Cancelled);
        accepted.StatusCode.Should().Be(HttpStatusCode.OK);
    }

    private async Task<FacadeUnderTest> StartAsync()
    {
        var facade = await FacadeUnderTest.StartAsync(await database.CreateAsync(Cancelled), Cancelled);
        await facade.ReadyAsync(Cancelled);
        return facade;
    }
}
