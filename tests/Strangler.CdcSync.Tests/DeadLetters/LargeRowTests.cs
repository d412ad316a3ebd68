using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.DeadLetters;

/// <summary>A row that the target's <c>max_allowed_packet</c> has no room for must not hold up the others.</summary>
public sealed class LargeRowTests(SharedServers servers)
{
    private const string Schema = "CREATE TABLE doc (id int PRIMARY KEY, body longblob, note longtext) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_held_back_until_there_is_room()
    {
        await using var target = await MariaDbServer.StartAsync(Cancelled, "--max-allowed-packet=1M");
        var source = await servers.MariaDbAsync(Cancelled);
        await using var sync = await TestSync.CreateAsync(source.ConnectionString, target.ConnectionString, Schema + "INSERT INTO doc VALUES (1, REPEAT('x', 200000), 'first')", TestSync.Subscribe("doc"));
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtSourceAsync("INSERT INTO doc VALUES (2, 'small', ''), (3, REPEAT(x'ff', 3000000), 'large'), (4, '', REPEAT('ä', 700000)), (5, REPEAT('y', 400000), 'fits'), (6, '', REPEAT('z', 900000))");
        await sync.CaughtUpAsync();
        await sync.AtSourceAsync("SET binlog_row_image = MINIMAL; UPDATE doc SET body = REPEAT(x'fe', 2000000) WHERE id = 2");
        await sync.AtSourceAsync("INSERT INTO doc VALUES (7, 'after', '')");
        await sync.CaughtUpAsync();
        (await TestSync.RowsAsync(sync.Target, "SELECT id, LENGTH(body) FROM doc ORDER BY id")).Should().Equal("1 | 200000", "2 | 5", "5 | 400000", "6 | 0", "7 | 5");
        (await TestSync.RowsAsync(sync.Target, "SELECT row_key FROM cdc_dead_letter WHERE reason LIKE '%max_allowed_packet is 1048576%' ORDER BY row_key")).Should().Equal("[\"i2\"]", "[\"i3\"]", "[\"i4\"]");
        (await TestSync.RowsAsync(sync.Target, "SELECT MAX(LENGTH(payload)) < 40000 FROM cdc_dead_letter")).Should().Equal("1");

        await sync.StopAsync();
        await target.ExecuteAsync(null, "SET GLOBAL max_allowed_packet = 64 * 1024 * 1024", Cancelled);
        await sync.StartAsync();
        await sync.StreamingAsync();
        (await sync.Service.Pipeline.ResyncAsync(["doc"], Cancelled)).Should().BeTrue();
        await Eventually.TrueAsync(async () => (await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*) FROM cdc_dead_letter"))[0] == "0", "there is room", Cancelled);
        await sync.StreamingAsync();
        await sync.ShouldMirrorAsync("doc");
    }

    [Theory]
    [InlineData("1M", "ON")]
    [InlineData("2M", "ON")]
    [InlineData("2M", "OFF")]
    public async Task The_first_copy_goes_on_without_it_too(string packet, string localFiles)
    {
        await using var target = await MariaDbServer.StartAsync(Cancelled, $"--max-allowed-packet={packet}", $"--local-infile={localFiles}");
        var source = await servers.MariaDbAsync(Cancelled);
        await using var sync = await TestSync.CreateAsync(
            source.ConnectionString, target.ConnectionString, Schema + "INSERT INTO doc VALUES (1, REPEAT('x', 2500000), ''), (2, REPEAT('y', 5000000), 'large'), (3, 'small', 'last')", TestSync.Subscribe("doc"));
        await sync.StartAsync();
        await sync.StreamingAsync();
        var mirrored = await TestSync.RowsAsync(sync.Target, "SELECT CONCAT('[\"i', id, '\"]') FROM doc WHERE id < 3 AND LENGTH(body) > 1000000");
        var held = await TestSync.RowsAsync(sync.Target, "SELECT row_key FROM cdc_dead_letter");
        mirrored.Concat(held).Should().BeEquivalentTo("[\"i1\"]", "[\"i2\"]");
        (await TestSync.RowsAsync(sync.Target, "SELECT note FROM doc WHERE id = 3")).Should().Equal("last");
    }
}
