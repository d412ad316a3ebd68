using System.Globalization;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests;

/// <summary>
/// One transaction from a real server's log into the mirror by a process that may not have as much memory as the transaction takes.
/// <c>STRANGLER_LARGE_MB</c> makes it larger: 1024 for a gigabyte.
/// </summary>
public sealed class LargeTransactionLiveTests(SharedServers servers)
{
    private const int RowsPerMegabyte = 1000;

    /// <summary>Decoded, 64 MB of rows take more.</summary>
    private const string HeapBytes = "0x7000000";

    [Fact]
    public async Task A_transaction_larger_than_the_memory_allowed_is_mirrored_at_once()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var rows = RowsPerMegabyte * int.Parse(Environment.GetEnvironmentVariable("STRANGLER_LARGE_MB") ?? "64", CultureInfo.InvariantCulture);
        await using var source = await MariaDbServer.StartAsync(cancellation);
        var target = await servers.MariaDbAsync(cancellation);
        await using var sync = await TestSync.CreateAsync(
            source.ConnectionString, target.ConnectionString, "CREATE TABLE item (id int PRIMARY KEY, v varchar(2000), n int) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4", TestSync.Subscribe("item"));
        await using var process = await CdcProcess.StartAsync(sync, [new("DOTNET_GCHeapHardLimit", HeapBytes)]);
        await process.ReadyAsync();

        await sync.AtSourceAsync($"INSERT INTO item SELECT seq, REPEAT(CHAR(97 + seq % 26), 1000), seq % 7 FROM seq_1_to_{rows}");
        var seen = new HashSet<string>();
        await Eventually.TrueAsync(
            async () =>
            {
                var count = (await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*) FROM item"))[0];
                seen.Add(count);
                return count != "0";
            },
            "the transaction is in the mirror", cancellation, TimeSpan.FromMinutes(20));

        seen.Should().BeSubsetOf(["0", $"{rows}"], "a reader sees all of it or nothing");
        const string Sum = "SELECT COUNT(*), SUM(n), SUM(CRC32(CONCAT(id, v))), MIN(LENGTH(v)) FROM item";
        (await TestSync.RowsAsync(sync.Target, Sum)).Should().Equal(await TestSync.RowsAsync(sync.Source, Sum));
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows} rows; peak working set {process.PeakWorkingSet >> 20} MB"));
    }
}
