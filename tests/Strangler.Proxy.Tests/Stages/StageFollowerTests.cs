using System.Net.Http.Json;
using System.Text.Json;
using Strangler.Proxy.Stages;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.Stages;

public sealed class StageFollowerTests(ControlDatabase database)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OtherReplica_FollowsAChange_AndBothAreSeen()
    {
        var connection = await database.CreateAsync(Cancelled);
        await using var first = await FacadeUnderTest.StartAsync(connection, Cancelled);
        await using var second = await FacadeUnderTest.StartAsync(connection, Cancelled);
        await first.ReadyAsync(Cancelled);
        await second.ReadyAsync(Cancelled);

        await first.MoveAsync(Stage.Live, Cancelled);

        await Eventually.TrueAsync(
            async () => (await second.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Side.StartsWith("extracted", StringComparison.Ordinal),
            "the second replica routes by the change", Cancelled);
    }

    [Fact]
    public async Task ColdStart_WithoutTheDatabase_RoutesByTheCopyOnDisk()
    {
        await using var facade = await FacadeUnderTest.StartAsync(await database.CreateAsync(Cancelled), Cancelled);
        await facade.ReadyAsync(Cancelled);
        await facade.MoveAsync(Stage.Live, Cancelled);

        await facade.RestartAsync(Cancelled, $"--ConnectionStrings:Control=Server=127.0.0.1;Port={FreePort.Next()};User ID=x;Database=y");

        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Side.Should().StartWith("extracted; reason=live");
        using var ready = await facade.Control.GetAsync("/health/ready", Cancelled);
        ready.IsSuccessStatusCode.Should().BeTrue();
        using var refused = await facade.MoveAsync(new { stage = "legacy", reason = "x" }, Cancelled);
        refused.StatusCode.Should().Be(System.Net.HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task SlicesFolder_BadFile_KeepsTheLastGood_AlsoAcrossARestart_AndSaysWhy()
    {
        await using var facade = await FacadeUnderTest.StartAsync(await database.CreateAsync(Cancelled), Cancelled);
        await facade.ReadyAsync(Cancelled);
        await facade.MoveAsync(Stage.Live, Cancelled);
        var bad = Path.Combine(facade.SlicesFolder, "bad.slice.json");

        await File.WriteAllTextAsync(bad, "{ \"id\": 7 }", Cancelled);
        await FaultsBecomeAsync(facade, faults => faults.Any(fault => fault.Contains("bad.slice.json", StringComparison.Ordinal)));
        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Side.Should().StartWith("extracted");

        await facade.RestartAsync(Cancelled);
        await facade.ReadyAsync(Cancelled);
        (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Side.Should().StartWith("extracted");

        File.Delete(bad);
        await FaultsBecomeAsync(facade, faults => faults.Count == 0);
    }

    [Fact]
    public async Task SlicesFolder_NewFile_IsTakenWhileRunning()
    {
        await using var facade = await FacadeUnderTest.StartAsync(await database.CreateAsync(Cancelled), Cancelled);
        await facade.ReadyAsync(Cancelled);

        new JsonSlice { Id = "catalog.category.get", Path = "/rest/{storeCode?}/V1/categories/{id}" }.WriteTo(facade.SlicesFolder);

        await Eventually.TrueAsync(
            async () => (await facade.AskAsync("/rest/V1/categories/3", Cancelled)).Side.Contains("slice=catalog.category.get", StringComparison.Ordinal),
            "the new slice is matched", Cancelled);
        using var moved = await facade.MoveAsync(new { stage = "live", reason = "x", @override = true }, Cancelled, "catalog.category.get");
        await Eventually.TrueAsync(
            async () => (await facade.AskAsync("/rest/V1/categories/3", Cancelled)).Side.StartsWith("extracted", StringComparison.Ordinal),
            "the new slice can be moved", Cancelled);
    }

    private static Task FaultsBecomeAsync(FacadeUnderTest facade, Func<List<string>, bool> so) => Eventually.TrueAsync(
        async () => so([.. (await facade.Control.GetFromJsonAsync<JsonElement>("/api/status", Cancelled)).GetProperty("sliceFaults")
            .EnumerateArray().Select(fault => fault.GetString()!)]),
        "the slice faults are as expected", Cancelled);
}
