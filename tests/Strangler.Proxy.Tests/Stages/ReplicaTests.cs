using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.Stages;

public sealed class ReplicaTests(ControlDatabase database)
{
    private static readonly string[] Quick = ["--Replicas:LeaseMilliseconds=500", "--Replicas:BeatMilliseconds=100"];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StageChange_IsConfirmedByEveryReplica_BeforeItIsAnswered()
    {
        var connection = await database.CreateAsync(Cancelled);
        await using var first = await FacadeUnderTest.StartAsync(connection, Cancelled);
        await using var second = await FacadeUnderTest.StartReplicaAsync(first, connection, Cancelled);
        await first.ReadyAsync(Cancelled);
        await second.ReadyAsync(Cancelled);
        await KnownAsync(first, 2);

        using var moved = await first.MoveAsync(new { stage = "live", reason = "x", @override = true }, Cancelled);

        // No waiting here: what the answer says is so already.
        (await second.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Side.Should().StartWith("extracted; reason=live");
        var confirmation = (await moved.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("confirmation");
        confirmation.GetProperty("complete").GetBoolean().Should().BeTrue();
        confirmation.GetProperty("confirmed").GetArrayLength().Should().Be(2);
        confirmation.GetProperty("missing").GetArrayLength().Should().Be(0);
    }

    [Fact]
    public async Task ReplicaWithoutTheDatabase_IsNamed_AndCanBeForgottenOnceItsLeaseIsOver()
    {
        var connection = await database.CreateAsync(Cancelled);
        var port = database.Server.Port;
        await using var relay = new TcpRelay(port);
        await using var first = await FacadeUnderTest.StartAsync(connection, Cancelled, null, Quick);
        await using var second = await FacadeUnderTest.StartReplicaAsync(
            first, connection.Replace($"Port={port}", $"Port={relay.Port}", StringComparison.OrdinalIgnoreCase), Cancelled, null, Quick);
        await first.ReadyAsync(Cancelled);
        await second.ReadyAsync(Cancelled);
        await KnownAsync(first, 2);
        var cutOff = (await ReplicasAsync(second)).GetProperty("self").GetString()!;
        using (var alive = await ForgetAsync(first, cutOff))
        {
            alive.StatusCode.Should().Be(HttpStatusCode.Conflict);
        }

        relay.Swallow();
        await Eventually.TrueAsync(async () => StateOf(await ReplicasAsync(first), cutOff) == "lost", "the cut-off replica is named", Cancelled);
        using var moved = await first.MoveAsync(new { stage = "live", reason = "x", @override = true }, Cancelled);

        var confirmation = (await moved.Content.ReadFromJsonAsync<JsonElement>(Cancelled)).GetProperty("confirmation");
        confirmation.GetProperty("complete").GetBoolean().Should().BeFalse();
        confirmation.GetProperty("missing")[0].GetProperty("id").GetString().Should().Be(cutOff);
        using var forgotten = await ForgetAsync(first, cutOff);
        forgotten.StatusCode.Should().Be(HttpStatusCode.OK);
        (await ReplicasAsync(first)).GetProperty("replicas").GetArrayLength().Should().Be(1);
        var audit = await first.Control.GetFromJsonAsync<JsonElement>("/api/audit?limit=1", Cancelled);
        audit.GetProperty("entries")[0].GetProperty("action").GetString().Should().Be("forget-replica");

        relay.Resume();
        await Eventually.TrueAsync(async () => StateOf(await ReplicasAsync(first), cutOff) == "current", "it comes back by itself", Cancelled);
    }

    [Fact]
    public async Task ReplicaThatStops_SaysGoodbye()
    {
        var connection = await database.CreateAsync(Cancelled);
        await using var first = await FacadeUnderTest.StartAsync(connection, Cancelled);
        await first.ReadyAsync(Cancelled);
        await using (var second = await FacadeUnderTest.StartReplicaAsync(first, connection, Cancelled))
        {
            await second.ReadyAsync(Cancelled);
            await KnownAsync(first, 2);
        }

        (await ReplicasAsync(first)).GetProperty("replicas").GetArrayLength().Should().Be(1);
    }

    private static Task KnownAsync(FacadeUnderTest facade, int count) => Eventually.TrueAsync(
        async () => (await ReplicasAsync(facade)).GetProperty("replicas").GetArrayLength() == count, $"{count} replicas are known", Cancelled);

    private static Task<JsonElement> ReplicasAsync(FacadeUnderTest facade) => facade.Control.GetFromJsonAsync<JsonElement>("/api/replicas", Cancelled);

    private static Task<HttpResponseMessage> ForgetAsync(FacadeUnderTest facade, string replica) =>
        facade.Control.PostAsJsonAsync($"/api/replicas/{Uri.EscapeDataString(replica)}/forget", new { reason = "its host is gone" }, Cancelled);

    private static string? StateOf(JsonElement view, string replica) => view.GetProperty("replicas").EnumerateArray()
        .Where(known => known.GetProperty("id").GetString() == replica).Select(known => known.GetProperty("state").GetString()).FirstOrDefault();
}
