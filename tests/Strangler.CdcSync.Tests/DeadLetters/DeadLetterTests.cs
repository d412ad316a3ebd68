using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.DeadLetters;

/// <summary>A row that the target refuses is held back and written down; everything else goes on, and the row comes when it is tried again.</summary>
public sealed class DeadLetterTests(SharedServers servers)
{
    private const string Schema =
        """
        CREATE TABLE item (id int PRIMARY KEY, sku varchar(20) NOT NULL, kind enum('a','b') NOT NULL DEFAULT 'a', qty smallint NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        INSERT INTO item VALUES (1, 'one', 'a', 1), (2, 'two', 'b', 2);
        """;

    private const string Poison = "IF NEW.sku = 'poison' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no such sku here'; END IF";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_refused_row_is_held_back_and_the_rest_goes_on(bool intoMySql)
    {
        await using var sync = await CreateAsync(intoMySql, Schema, TestSync.Subscribe("item"));
        await using var process = await CdcProcess.StartAsync(sync);
        await AppliedAsync(sync, "2");
        await PoisonedAsync(sync);
        await sync.AtSourceAsync("INSERT INTO item VALUES (3, 'three', 'a', 3), (4, 'poison', 'a', 4), (5, 'five', 'b', 5); UPDATE item SET sku = 'poison' WHERE id = 2; INSERT INTO item VALUES (6, 'six', 'a', 6)");
        await AppliedAsync(sync, "5");
        (await ItemsAsync(sync)).Should().Equal("1 | one", "2 | two", "3 | three", "5 | five", "6 | six");

        var letters = await LettersAsync(process, 2);
        letters.Select(letter => letter!["key"]![0]!.GetValue<string>()).Should().Equal("4", "2");
        letters[0]!["reason"]!.GetValue<string>().Should().Contain("no such sku here");
        letters[0]!["row"]!["qty"]!.GetValue<string>().Should().Be("4");

        // Held back, though this version would be taken; a row that goes needs nothing more.
        await sync.AtSourceAsync("UPDATE item SET sku = 'good' WHERE id = 4; DELETE FROM item WHERE id = 2; INSERT INTO item VALUES (7, 'seven', 'a', 7)");
        await Eventually.TrueAsync(
            async () => (await ItemsAsync(sync)).SequenceEqual(["1 | one", "3 | three", "5 | five", "6 | six", "7 | seven"]), "the rest went on", TestContext.Current.CancellationToken);
        var left = await LettersAsync(process, 1);
        left[0]!["row"]!["sku"]!.GetValue<string>().Should().Be("good");
        var table = (await process.Client.GetFromJsonAsync<JsonNode>("/positions", TestContext.Current.CancellationToken))!["services"]![0]!["tables"]![0]!;
        table["deadLetters"]!.GetValue<int>().Should().Be(1);

        (await process.Client.PostAsync($"/dead-letters/{left[0]!["id"]}/replay", null, TestContext.Current.CancellationToken)).StatusCode.Should().Be(HttpStatusCode.Accepted);
        await LettersAsync(process, 0);
        await sync.ShouldMirrorAsync("item");
    }

    [Fact]
    public async Task A_row_that_is_refused_again_stays_and_one_skipped_is_let_go()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, TestSync.Subscribe("item"));
        await using var process = await CdcProcess.StartAsync(sync);
        await AppliedAsync(sync, "2");
        await PoisonedAsync(sync);
        await sync.AtSourceAsync("INSERT INTO item VALUES (4, 'poison', 'a', 4)");
        var letter = (await LettersAsync(process, 1))[0]!;
        await process.Client.PostAsync($"/dead-letters/{letter["id"]}/replay", null, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(async () => (await LettersAsync(process, 1))[0]!["attempts"]!.GetValue<int>() == 2, "it was tried again", TestContext.Current.CancellationToken);
        (await process.Client.PostAsync($"/dead-letters/{letter["id"]}/skip", null, TestContext.Current.CancellationToken)).StatusCode.Should().Be(HttpStatusCode.Accepted);
        await LettersAsync(process, 0);
        await sync.AtSourceAsync("UPDATE item SET sku = 'better' WHERE id = 4");
        await AppliedAsync(sync, "3");
        await sync.ShouldMirrorAsync("item");
        (await process.Client.PostAsync("/dead-letters/999/skip", null, TestContext.Current.CancellationToken)).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_value_that_the_mirror_would_have_to_change_is_refused_and_one_that_it_can_hold_is_not(bool intoMySql)
    {
        await using var sync = await CreateAsync(intoMySql, Schema, TestSync.Subscribe("item"));
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtTargetAsync("ALTER TABLE item MODIFY COLUMN qty tinyint NULL");
        await sync.AtSourceAsync("SET sql_mode = ''; INSERT INTO item VALUES (3, 'empty kind', '', 1), (4, 'large', 'a', 300), (5, 'small', 'a', 3); UPDATE item SET qty = 200 WHERE id = 1");
        await sync.CaughtUpAsync();
        (await TestSync.RowsAsync(sync.Target, "SELECT id, kind + 0, qty FROM item ORDER BY id")).Should().Equal("1 | 1 | 1", "2 | 2 | 2", "3 | 0 | 1", "5 | 1 | 3");
        (await TestSync.RowsAsync(sync.Target, "SELECT row_key FROM cdc_dead_letter ORDER BY id")).Should().Equal("[\"i4\"]", "[\"i1\"]");

        await sync.StopAsync();
        await sync.AtTargetAsync("ALTER TABLE item MODIFY COLUMN qty smallint NULL");
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtSourceAsync("UPDATE item SET qty = 201 WHERE id = 1");
        await sync.CaughtUpAsync();
        (await TestSync.RowsAsync(sync.Target, "SELECT qty FROM item WHERE id = 1")).Should().Equal(["1"], "it is held back after a restart too");
        (await sync.Service.Pipeline.ResyncAsync(["item"], TestContext.Current.CancellationToken)).Should().BeTrue();
        await Eventually.TrueAsync(async () => (await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*) FROM cdc_dead_letter"))[0] == "0", "a copy tries all again", TestContext.Current.CancellationToken);
        await sync.ShouldMirrorAsync("item");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_row_refused_by_the_first_copy_does_not_hold_up_the_others(bool intoMySql)
    {
        await using var sync = await CreateAsync(intoMySql, Schema + "INSERT INTO item VALUES (3, 'poison', 'a', 1), (4, 'four', 'a', 4)", TestSync.Subscribe("item"));
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.StopAsync();
        await PoisonedAsync(sync);
        await sync.AtTargetAsync("DELETE FROM item");
        await sync.StartAsync();
        sync.Service.Pipeline.Resync();
        await Eventually.TrueAsync(async () => (await ItemsAsync(sync)).SequenceEqual(["1 | one", "2 | two", "4 | four"]), "the others are copied", TestContext.Current.CancellationToken);
        await sync.StreamingAsync();
        (await TestSync.RowsAsync(sync.Target, "SELECT row_key FROM cdc_dead_letter")).Should().Equal("[\"i3\"]");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_table_that_may_not_lack_a_row_stops_until_it_is_taken(bool intoMySql)
    {
        await using var sync = await CreateAsync(intoMySql, Schema, """{ "service": "catalog", "tables": [ { "name": "item", "onError": "stop" } ] }""");
        await sync.StartAsync();
        await sync.StreamingAsync();
        await PoisonedAsync(sync);
        await sync.AtSourceAsync("INSERT INTO item VALUES (3, 'poison', 'a', 1)");
        await Eventually.TrueAsync(() => Task.FromResult(sync.Context.State == "stopped"), "it stops", TestContext.Current.CancellationToken);
        sync.Context.Progress.Reason.Should().Contain("no such sku here");
        await sync.AtTargetAsync("DROP TRIGGER i; DROP TRIGGER u");
        await sync.StreamingAsync();
        await sync.CaughtUpAsync();
        await sync.ShouldMirrorAsync("item");
        (await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*) FROM cdc_dead_letter")).Should().Equal("0");
    }

    private Task<TestSync> CreateAsync(bool intoMySql, string schema, string subscription) => intoMySql
        ? TestSync.IntoMySqlAsync(servers, fromMySql: false, schema, subscription)
        : TestSync.FromMariaDbAsync(servers, schema, subscription);

    private static async Task PoisonedAsync(TestSync sync)
    {
        await sync.AtTargetAsync($"CREATE TRIGGER i BEFORE INSERT ON item FOR EACH ROW {Poison}");
        await sync.AtTargetAsync($"CREATE TRIGGER u BEFORE UPDATE ON item FOR EACH ROW {Poison}");
    }

    private static Task<List<string>> ItemsAsync(TestSync sync) => TestSync.RowsAsync(sync.Target, "SELECT id, sku FROM item ORDER BY id");

    private static Task AppliedAsync(TestSync sync, string rows) => Eventually.TrueAsync(
        async () => (await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'item'"))[0] == "1"
            && (await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*) FROM item"))[0] == rows && (await TestSync.RowsAsync(sync.Target, "SELECT state FROM cdc_checkpoint"))[0] == "streaming",
        $"the mirror has {rows} rows", TestContext.Current.CancellationToken);

    private static async Task<JsonArray> LettersAsync(CdcProcess process, int count)
    {
        JsonArray? letters = null;
        await Eventually.TrueAsync(
            async () => (letters = (await process.Client.GetFromJsonAsync<JsonNode>("/dead-letters", TestContext.Current.CancellationToken))!["deadLetters"]!.AsArray()).Count == count,
            $"there are {count} dead letters", TestContext.Current.CancellationToken);
        return letters!;
    }
}
