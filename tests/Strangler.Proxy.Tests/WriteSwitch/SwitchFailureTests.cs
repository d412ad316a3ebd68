using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using MySqlConnector;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.WriteSwitch;

/// <summary>What dies or is cut off in the middle of a switch.</summary>
public sealed class SwitchFailureTests(ControlDatabase database)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReplicaCutOffInTheFreeze_SendsNothingToTheSideThatLost_AndGoesOnWhenItHearsAgain()
    {
        await using var relay = new TcpRelay(database.Server.Port);
        await using var stack = await StartAsync(relay, new { tables = new[] { "quote_item" }, maxHeldSeconds = 6 });
        stack.OnAwait = (call, _) =>
        {
            if (call == 2)
            {
                relay.Swallow();
            }

            return Task.CompletedTask;
        };

        var view = await SwitchAsync(stack, "service");

        view.GetProperty("outcome").GetString().Should().Be("switched", view.GetRawText());
        view.GetProperty("detail").GetString().Should().Contain("waiting for").And.Contain("until they have heard");
        (await SwitchStack.PostAsync(stack.First, "heard", Cancelled)).Should().Be(HttpStatusCode.OK);
        (await SwitchStack.PostAsync(stack.Second, "cut off", Cancelled)).Should().Be(HttpStatusCode.ServiceUnavailable, "it does not know who owns the data");
        relay.Resume();
        await Eventually.TrueAsync(async () => await SwitchStack.PostAsync(stack.Second, "again", Cancelled) == HttpStatusCode.OK, "it goes on", Cancelled);
        stack.TakenByMagento.Should().BeEmpty();
        stack.TakenByService.Should().Contain(["heard", "again"]).And.NotContain("cut off");
    }

    [Fact]
    public async Task ReplicaLostBefore_IsNamed_UntilSomebodyVouchesForItsEnd()
    {
        await using var relay = new TcpRelay(database.Server.Port);
        await using var stack = await StartAsync(relay);
        var lost = await SelfAsync(stack.Second);
        relay.Swallow();
        await StandsAsync(stack, lost, "lost");

        var refused = await SwitchAsync(stack, "service");
        // It took no part in a switch: losing the control database is not felt by its shoppers.
        var order = await SwitchStack.PostAsync(stack.Second, "1", Cancelled);
        using var forgotten = await stack.First.Control.PostAsJsonAsync($"/api/replicas/{Uri.EscapeDataString(lost)}/forget", new { reason = "gone" }, Cancelled);
        var switched = await SwitchAsync(stack, "service");

        refused.GetProperty("outcome").GetString().Should().Be("refused");
        refused.GetProperty("detail").GetString().Should().Contain(lost).And.Contain("replicas forget");
        order.Should().Be(HttpStatusCode.OK);
        switched.GetProperty("outcome").GetString().Should().Be("switched", switched.GetRawText());
        relay.Resume();
    }

    [Fact]
    public async Task AlwaysFenced_CutOffReplica_LetsNothingThrough_AndNeedsNobodysWord()
    {
        await using var relay = new TcpRelay(database.Server.Port);
        await using var stack = await StartAsync(relay, new { tables = new[] { "quote_item" }, maxHeldSeconds = 4 }, "--Replicas:Fencing=Always", "--Replicas:LongestRequestMilliseconds=100");
        var cutOff = await SelfAsync(stack.Second);
        relay.Swallow();

        var status = HttpStatusCode.OK;
        await Eventually.TrueAsync(
            async () => (status = await SwitchStack.PostAsync(stack.Second, "1", Cancelled)) != HttpStatusCode.OK, "it has lost its lease", Cancelled);
        await StandsAsync(stack, cutOff, "fenced");
        var view = await SwitchAsync(stack, "service");

        status.Should().Be(HttpStatusCode.ServiceUnavailable);
        view.GetProperty("outcome").GetString().Should().Be("switched", view.GetRawText());
        relay.Resume();
    }

    [Fact]
    public async Task AlwaysFenced_RequestUnderWayOnTheCutOffReplica_IsWaitedFor()
    {
        await using var relay = new TcpRelay(database.Server.Port);
        await using var stack = await StartAsync(relay, null, "--Replicas:Fencing=Always", "--Replicas:LongestRequestMilliseconds=600000");
        var finish = new TaskCompletionSource();
        stack.First.Magento.Answer = async context =>
        {
            await finish.Task;
            stack.TakenByMagento.Enqueue("slow");
        };
        var slow = SwitchStack.PostAsync(stack.Second, "slow", Cancelled);
        await UnderWayAsync(stack);
        var cutOff = await SelfAsync(stack.Second);
        relay.Swallow();
        await StandsAsync(stack, cutOff, "ending");

        var refused = await SwitchAsync(stack, "service");

        refused.GetProperty("outcome").GetString().Should().Be("refused", refused.GetRawText());
        refused.GetProperty("detail").GetString().Should().Contain(cutOff).And.Contain("had under way");
        finish.SetResult();
        (await slow).Should().Be(HttpStatusCode.OK, "it was let through while the replica might");
        relay.Resume();
    }

    [Fact]
    public async Task AlwaysFenced_RequestThatTakesLongerThanDeclared_IsBrokenOff_BeforeASwitchGoesOnWithoutItsReplica()
    {
        await using var relay = new TcpRelay(database.Server.Port);
        await using var stack = await StartAsync(relay, null, "--Replicas:Fencing=Always", "--Replicas:LongestRequestMilliseconds=1000");
        var left = new TaskCompletionSource();
        stack.First.Magento.Answer = async context =>
        {
            using var _ = context.RequestAborted.Register(left.SetResult);
            await left.Task;
        };
        var slow = SwitchStack.PostAsync(stack.Second, "slow", Cancelled);
        await UnderWayAsync(stack);
        var cutOff = await SelfAsync(stack.Second);
        relay.Swallow();

        (await slow).Should().Be(HttpStatusCode.ServiceUnavailable, "nobody knows what it has done");
        await left.Task.WaitAsync(TimeSpan.FromMinutes(3), Cancelled);
        await StandsAsync(stack, cutOff, "fenced");
        var view = await SwitchAsync(stack, "service");

        view.GetProperty("outcome").GetString().Should().Be("switched", view.GetRawText());
        relay.Resume();
    }

    [Theory]
    [InlineData("checking", "open", "cancelled", "magento")]
    [InlineData("preparing", "open", "cancelled", "magento")]
    [InlineData("arming", "armed", "cancelled", "magento")]
    [InlineData("freezing", "frozen", "cancelled", "magento")]
    [InlineData("draining", "frozen", "cancelled", "magento")]
    [InlineData("verifying", "frozen", "cancelled", "magento")]
    [InlineData("releasing", "open", "switched", "extracted")]
    public async Task CoordinatorThatDied_IsTakenOver_AndTheSwitchEndsWhereItsStepSays(string step, string gate, string outcome, string record)
    {
        var connection = await database.CreateAsync(Cancelled);
        await using var stack = await SwitchStack.StartAsync(connection, Cancelled);
        // As a replica leaves it that is killed in this step.
        await using var control = new MySqlConnection(connection);
        await control.OpenAsync(Cancelled);
        await using var orphan = control.CreateCommand();
        orphan.CommandText = $"""
            insert into write_switch (id, slice_id, scope, from_side, to_side, dry_run, who, reason, step, started_at, coordinator, epoch, lease_until)
            values (7, '{SwitchStack.SliceId}', 'storefront', 'magento', 'extracted', false, 'ada', 'test', '{step}', utc_timestamp(6), 'gone:1-000000', 1, utc_timestamp(6) + interval 700000 microsecond);
            insert into write_state (slice_id, scope, record, gate, switch_id, changed_at)
            values ('{SwitchStack.SliceId}', 'storefront', '{record}', '{gate}', {(step == "releasing" ? "null" : "7")}, utc_timestamp(6));
            update control_state set version = version + 1;
            """;
        await orphan.ExecuteNonQueryAsync(Cancelled);
        // What waits in the freeze is seen through; after the record has moved nobody waits, and the order comes when all have heard.
        var early = step == "releasing" ? null : SwitchStack.PostAsync(stack.Second, "1", Cancelled);

        var view = await stack.EndOfAsync(7, Cancelled);

        view.GetProperty("outcome").GetString().Should().Be(outcome, view.GetRawText());
        (await stack.WritesAsync(Cancelled)).GetProperty("record").GetString().Should().Be(record);
        (await (early ?? SwitchStack.PostAsync(stack.Second, "1", Cancelled))).Should().Be(HttpStatusCode.OK);
        stack.TakenByMagento.Count.Should().Be(record == "magento" ? 1 : 0);
        stack.TakenByService.Count.Should().Be(record == "magento" ? 0 : 1);
    }

    [Fact]
    public async Task CoordinatorThatStallsInTheVeryMove_IsTakenOver_AndTheMoveStands()
    {
        var connection = await database.CreateAsync(Cancelled);
        await using var stack = await SwitchStack.StartAsync(connection, Cancelled);
        await using var control = new MySqlConnection(connection);
        await control.OpenAsync(Cancelled);
        await control.ExecuteAsync($"""
            insert into write_switch (id, slice_id, scope, from_side, to_side, dry_run, who, reason, step, started_at, coordinator, epoch, lease_until)
            values (7, '{SwitchStack.SliceId}', 'storefront', 'magento', 'extracted', false, 'ada', 'test', 'verifying', utc_timestamp(6), 'gone:1-000000', 1, utc_timestamp(6) + interval 8 second);
            insert into write_state (slice_id, scope, record, gate, switch_id, changed_at) values ('{SwitchStack.SliceId}', 'storefront', 'magento', 'frozen', 7, utc_timestamp(6));
            update control_state set version = version + 1;
            """);
        // The move is written and not yet committed when the lease runs out: who takes over has read the step before it.
        await using var move = await control.BeginTransactionAsync(Cancelled);
        await control.ExecuteAsync(
            """
            update write_switch set step = 'releasing', released_at = utc_timestamp(6) where id = 7;
            update write_state set record = 'extracted', gate = 'open', switch_id = null;
            """, transaction: move);
        await using var watch = new MySqlConnection(connection);
        await watch.OpenAsync(Cancelled);
        await Eventually.TrueAsync(
            async () => await watch.ExecuteScalarAsync<int>("select count(*) from information_schema.processlist where info like 'update write_switch set coordinator%'") > 0,
            "somebody takes it over", Cancelled);
        await control.ExecuteAsync("update control_state set version = version + 1", transaction: move);
        await move.CommitAsync(Cancelled);

        var view = await stack.EndOfAsync(7, Cancelled);

        view.GetProperty("outcome").GetString().Should().Be("switched", view.GetRawText());
        (await stack.WritesAsync(Cancelled)).GetProperty("record").GetString().Should().Be("extracted");
    }

    [Fact]
    public async Task OrderFromAnOldSnapshot_IsRefused()
    {
        var connection = await database.CreateAsync(Cancelled);
        await using var stack = await SwitchStack.StartAsync(connection, Cancelled);
        await using var control = new MySqlConnection(connection);
        await control.OpenAsync(Cancelled);
        // No replica has heard of it: the version is as it was.
        await control.ExecuteAsync($"insert into write_state (slice_id, scope, record, gate, switch_id, changed_at) values ('{SwitchStack.SliceId}', 'storefront', 'extracted', 'open', null, utc_timestamp(6))");

        using var refused = await stack.First.Control.PostAsJsonAsync($"/api/slices/{SwitchStack.SliceId}/switch", new { to = "service", @override = true, reason = "test" }, Cancelled);

        refused.StatusCode.Should().Be(HttpStatusCode.Conflict);
        (await refused.Content.ReadAsStringAsync(Cancelled)).Should().Contain("the service owns the data of cart.items by now");
        (await control.ExecuteScalarAsync<string>("select record from write_state")).Should().Be("extracted");
    }

    private static async Task<string> SelfAsync(FacadeUnderTest facade) =>
        (await facade.Control.GetFromJsonAsync<JsonElement>("/api/replicas", Cancelled)).GetProperty("self").GetString()!;

    private static Task StandsAsync(SwitchStack stack, string replica, string state) => Eventually.TrueAsync(
        async () => (await stack.First.Control.GetFromJsonAsync<JsonElement>("/api/replicas", Cancelled)).GetProperty("replicas").EnumerateArray()
            .Any(known => known.GetProperty("id").GetString() == replica && known.GetProperty("state").GetString() == state),
        $"the cut-off replica is {state}", Cancelled);

    private static Task UnderWayAsync(SwitchStack stack) => Eventually.TrueAsync(
        () => Task.FromResult(stack.First.Magento.Requests.Any(request => request.StartsWith("POST", StringComparison.Ordinal))), "the request is under way", Cancelled);

    private static Task<JsonElement> SwitchAsync(SwitchStack stack, string to) => stack.SwitchAsync(to, Cancelled, watch: stack.First);

    private async Task<SwitchStack> StartAsync(TcpRelay relay, object? writes = null, params string[] settings)
    {
        var connection = await database.CreateAsync(Cancelled);
        var cut = new MySqlConnectionStringBuilder(connection) { Port = (uint)relay.Port }.ConnectionString;
        return await SwitchStack.StartAsync(connection, Cancelled, writes, cut, settings);
    }
}
