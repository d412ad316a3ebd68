using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.Gates;

public sealed class GatesApiTests(ControlDatabase database)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Forward_WithoutEvidence_Is409NamingTheGates_AndAnOverrideIsAudited()
    {
        await using var slice = await GatedSlice.StartAsync(await database.CreateAsync(Cancelled), Cancelled);

        using var refused = await slice.Facade.MoveAsync(new { stage = "canary", percent = 5, reason = "it looks good" }, Cancelled);

        refused.StatusCode.Should().Be(HttpStatusCode.Conflict);
        refused.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>(Cancelled);
        problem.GetProperty("detail").GetString().Should().Contain("parity is inconclusive").And.Contain("override");
        problem.GetProperty("gates").EnumerateArray().Select(gate => gate.GetProperty("metric").GetString()).Should().Contain(["parity", "errorRate"])
            .And.NotContain(["lag", "retention", "dataDifferences"]);
        (await slice.StageAsync(Cancelled)).Should().Be("legacy");

        using var forced = await slice.Facade.MoveAsync(new { stage = "canary", percent = 5, reason = "Black Friday is off", @override = true }, Cancelled);

        forced.StatusCode.Should().Be(HttpStatusCode.OK);
        var audit = (await slice.GetAsync("/api/audit", Cancelled)).GetProperty("entries")[0];
        audit.GetProperty("action").GetString().Should().Be("override");
        var pack = await slice.NewestPackAsync(Cancelled);
        pack.GetProperty("document").GetProperty("kind").GetString().Should().Be("override");
        pack.GetProperty("document").GetProperty("audit").GetProperty("id").GetInt64().Should().Be(audit.GetProperty("id").GetInt64());
        pack.GetProperty("document").GetProperty("audit").GetProperty("hash").GetString().Should().Be(audit.GetProperty("hash").GetString());
    }

    [Fact]
    public async Task Shadow_NeedsNoGate_AndTheWayBackIsNeverRefused()
    {
        await using var slice = await GatedSlice.StartAsync(await database.CreateAsync(Cancelled), Cancelled);

        using var shadow = await slice.Facade.MoveAsync(new { stage = "shadow", reason = "gather evidence" }, Cancelled);
        shadow.StatusCode.Should().Be(HttpStatusCode.OK);
        await slice.Facade.MoveAsync(Stage.Live, Cancelled);
        using var back = await slice.Facade.MoveAsync(new { stage = "canary", percent = 1, reason = "too fast" }, Cancelled);
        back.StatusCode.Should().Be(HttpStatusCode.OK);
        using var less = await slice.Facade.MoveAsync(new { stage = "canary", percent = 0.5, reason = "still too fast" }, Cancelled);
        less.StatusCode.Should().Be(HttpStatusCode.OK);
        using var more = await slice.Facade.MoveAsync(new { stage = "canary", percent = 2, reason = "on again" }, Cancelled);
        more.StatusCode.Should().Be(HttpStatusCode.Conflict);
        using var legacy = await slice.Facade.MoveAsync(new { stage = "legacy", reason = "enough" }, Cancelled);
        legacy.StatusCode.Should().Be(HttpStatusCode.OK);
        (await slice.NewestPackAsync(Cancelled)).GetProperty("document").GetProperty("kind").GetString().Should().Be("rollback");
    }

    [Fact]
    public async Task Forward_WithEvidence_Passes_AndThePackSaysWhy_AndShowsTampering()
    {
        await using var slice = await GatedSlice.StartAsync(await database.CreateAsync(Cancelled), Cancelled);
        await slice.Facade.MoveAsync(Stage.Shadow, Cancelled);
        slice.Shadow(500);

        await Eventually.TrueAsync(async () =>
        {
            using var moved = await slice.Facade.MoveAsync(new { stage = "canary", percent = 5, reason = "the numbers say so" }, Cancelled);
            return moved.StatusCode == HttpStatusCode.OK;
        }, "the evidence has arrived and the gates pass", Cancelled);

        var pack = await slice.NewestPackAsync(Cancelled);
        var document = pack.GetProperty("document");
        document.GetProperty("kind").GetString().Should().Be("promotion");
        document.GetProperty("who").GetString().Should().Be("demo");
        document.GetProperty("gates").EnumerateArray().Should().OnlyContain(gate => gate.GetProperty("verdict").GetString() == "pass" || !gate.GetProperty("required").GetBoolean());
        document.GetProperty("counts").GetProperty("service").GetProperty("compared").GetInt64().Should().Be(500);
        document.GetProperty("positions").GetProperty("source").GetProperty("position").GetProperty("file").GetString().Should().Be("mysql-bin.000003");
        document.GetProperty("configuration").GetProperty("slice").GetProperty("id").GetString().Should().Be(FacadeUnderTest.SliceId);
        (await CheckAsync(slice, pack)).GetProperty("valid").GetBoolean().Should().BeTrue();

        var tampered = JsonNode.Parse(pack.GetRawText())!;
        tampered["document"]!["who"] = "somebody else";
        (await CheckAsync(slice, tampered)).GetProperty("valid").GetBoolean().Should().BeFalse();
        var pretty = JsonNode.Parse(pack.GetRawText())!.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
        (await CheckAsync(slice, JsonNode.Parse(pretty)!)).GetProperty("valid").GetBoolean().Should().BeTrue("only the spelling changed");
    }

    [Fact]
    public async Task Gates_AreShownWithTheirNumbers()
    {
        await using var slice = await GatedSlice.StartAsync(await database.CreateAsync(Cancelled), Cancelled);
        await slice.Facade.MoveAsync(Stage.Shadow, Cancelled);
        slice.Parity.Groups.Add(FakeParity.WrongPrice(5));
        slice.Shadow(5000, different: 5);

        await Eventually.TrueAsync(async () => (await GateAsync(slice, "parityField")).GetProperty("verdict").GetString() == "fail"
            && (await GateAsync(slice, "parity")).GetProperty("samples").GetInt64() == 5000, "the gates see the evidence", Cancelled);

        (await GateAsync(slice, "parityField")).GetProperty("detail").GetString().Should().Contain("$.price").And.Contain("24-MB05");
        (await GateAsync(slice, "parity")).GetProperty("detail").GetString().Should().Contain("4995 of 5000");
        (await GateAsync(slice, "retention")).GetProperty("value").GetDouble().Should().Be(71.5);
        (await GateAsync(slice, "dataDifferences")).GetProperty("declared").GetBoolean().Should().BeFalse();
        var view = await slice.GetAsync($"/api/slices/{FacadeUnderTest.SliceId}/gates", Cancelled);
        view.GetProperty("verdict").GetString().Should().Be("fail");
        view.GetProperty("target").GetProperty("percent").GetDouble().Should().Be(50);
    }

    private static async Task<JsonElement> GateAsync(GatedSlice slice, string metric) =>
        (await slice.GetAsync($"/api/slices/{FacadeUnderTest.SliceId}/gates", Cancelled)).GetProperty("gates").EnumerateArray()
        .Single(gate => gate.GetProperty("metric").GetString() == metric);

    private static async Task<JsonElement> CheckAsync(GatedSlice slice, object pack)
    {
        using var response = await slice.Facade.Control.PostAsJsonAsync("/api/evidence/check", pack, Cancelled);
        var text = await response.Content.ReadAsStringAsync(Cancelled);
        response.StatusCode.Should().Be(HttpStatusCode.OK, text);
        return JsonElement.Parse(text);
    }
}
