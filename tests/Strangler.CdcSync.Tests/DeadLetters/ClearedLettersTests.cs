using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.DeadLetters;

/// <summary>Dead letters tell of rows that a mirror lacks: where a table loses, trades or gets anew its rows, they go along.</summary>
public sealed class ClearedLettersTests(SharedServers servers)
{
    private const string Schema =
        """
        CREATE TABLE item (id int PRIMARY KEY, sku varchar(20) NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        CREATE TABLE item_replica LIKE item;
        INSERT INTO item VALUES (1, 'one'), (2, 'two');
        """;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("TRUNCATE TABLE item; INSERT INTO item VALUES (3, 'good'), (5, 'five')")]
    [InlineData("DROP TABLE item; CREATE TABLE item (id int PRIMARY KEY, sku varchar(20) NOT NULL); INSERT INTO item VALUES (3, 'good'), (5, 'five')")]
    [InlineData("ALTER TABLE item DROP PRIMARY KEY, ADD PRIMARY KEY (id, sku); UPDATE item SET sku = 'good'")]
    public async Task They_go_with_the_rows_of_their_table(string statements)
    {
        await using var sync = await HoldingAsync("item");
        await sync.AtSourceAsync(statements);
        await sync.CaughtUpAsync();
        await sync.StreamingAsync();
        await NoLettersAsync(sync);
        await sync.ShouldMirrorAsync("item");
        await sync.AtSourceAsync("UPDATE item SET sku = 'better' WHERE id = 3");
        await sync.CaughtUpAsync();
        await sync.ShouldMirrorAsync("item");
    }

    [Fact]
    public async Task They_go_with_a_table_that_is_dropped()
    {
        await using var sync = await HoldingAsync("item");
        await sync.AtSourceAsync("DROP TABLE item");
        await NoLettersAsync(sync);
        sync.Context.Held.Count.Should().Be(0);
    }

    [Fact]
    public async Task Those_of_rows_that_the_source_has_no_more_go_when_the_table_is_copied_again()
    {
        await using var sync = await HoldingAsync("item");
        await sync.StopAsync();
        await sync.AtSourceAsync("SET sql_log_bin = 0; DELETE FROM item WHERE id = 3");
        await sync.StartAsync();
        await sync.StreamingAsync();
        (await sync.Service.Pipeline.ResyncAsync(["item"], Cancelled)).Should().BeTrue();
        await NoLettersAsync(sync);
        await sync.StreamingAsync();
        await sync.ShouldMirrorAsync("item");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task They_trade_places_with_their_tables(bool intoMySql)
    {
        await using var sync = await HoldingAsync("item_replica", intoMySql);
        await sync.AtSourceAsync("RENAME TABLE item TO x, item_replica TO item, x TO item_replica");
        await sync.CaughtUpAsync();
        await Eventually.TrueAsync(
            async () => (await LettersAsync(sync)).SequenceEqual(["item | [\"i3\"] | 2"]), "it is of the other table, and was tried there", Cancelled);
        (await TestSync.RowsAsync(sync.Target, "SELECT id FROM item")).Should().Equal("4");

        await sync.AtSourceAsync("INSERT INTO item_replica VALUES (7, 'seven'); RENAME TABLE item TO gone, item_replica TO item");
        await sync.CaughtUpAsync();
        (await LettersAsync(sync)).Should().BeEmpty("the row that was held back is in a table that is not mirrored");
        await sync.ShouldMirrorAsync("item");
    }

    [Fact]
    public async Task Keys_that_differ_in_case_alone_are_two()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, "CREATE TABLE word (w varbinary(20) PRIMARY KEY, v int)", TestSync.Subscribe("word"));
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtTargetAsync("CREATE TRIGGER i BEFORE INSERT ON word FOR EACH ROW IF NEW.v = 6 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'; END IF");
        // As base64 these two differ in case alone.
        await sync.AtSourceAsync("INSERT INTO word VALUES (x'699A69', 6), (x'699A83', 6), (x'01', 1)");
        await sync.CaughtUpAsync();
        (await LettersAsync(sync)).Should().HaveCount(2);
        await sync.AtSourceAsync("DELETE FROM word WHERE w = x'699A69'");
        await sync.CaughtUpAsync();
        (await LettersAsync(sync)).Should().ContainSingle();
    }

    /// <summary>A mirror that lacks row 3 of a table, and has row 4.</summary>
    private async Task<TestSync> HoldingAsync(string table, bool intoMySql = false)
    {
        var sync = intoMySql ? await TestSync.IntoMySqlAsync(servers, fromMySql: false, Schema, TestSync.Subscribe("item")) : await TestSync.FromMariaDbAsync(servers, Schema, TestSync.Subscribe("item"));
        await sync.StartAsync();
        await sync.StreamingAsync();
        await Eventually.TrueAsync(() => Task.FromResult(sync.Context.Copies.Find("item_replica") is { State: CdcSync.Snapshot.CopyState.Streaming }), "the replica is mirrored too", Cancelled);
        foreach (var name in new[] { "item", "item_replica" })
        {
            await sync.AtTargetAsync($"CREATE TRIGGER {name}_i BEFORE INSERT ON {name} FOR EACH ROW IF NEW.sku = 'poison' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'; END IF");
        }

        await sync.AtSourceAsync($"INSERT INTO {table} VALUES (3, 'poison'), (4, 'four')");
        await sync.CaughtUpAsync();
        await Eventually.TrueAsync(async () => (await LettersAsync(sync)).SequenceEqual([$"{table} | [\"i3\"] | 1"]), "the row is held back", Cancelled);
        return sync;
    }

    private static Task NoLettersAsync(TestSync sync) => Eventually.TrueAsync(async () => (await LettersAsync(sync)).Count == 0, "no letter is left", Cancelled);

    private static Task<List<string>> LettersAsync(TestSync sync) => TestSync.RowsAsync(sync.Target, "SELECT table_name, row_key, attempts FROM cdc_dead_letter ORDER BY id");
}
