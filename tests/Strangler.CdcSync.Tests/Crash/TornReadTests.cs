using MySqlConnector;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Crash;

/// <summary>No reader of the mirror sees a source transaction in halves: not between batches, not in large ones, not across restarts.</summary>
public sealed class TornReadTests(SharedServers servers)
{
    private const int Writers = 3;
    private const int Transfers = 400;
    private const int Restarts = 4;

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(5000)]
    public async Task The_sum_never_changes(int batchRows)
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Wallets.Sql, TestSync.Subscribe(Wallets.Tables), options => options.BatchRows = batchRows);
        await sync.StartAsync();
        await sync.StreamingAsync();
        using var watching = new CancellationTokenSource();
        var watchers = Enumerable.Range(0, 2).Select(_ => Wallets.WatchAsync(sync.Target, watching.Token)).ToList();
        var writers = Enumerable.Range(0, Writers).Select(seed => TransferAsync(sync.Source, new Random(seed))).ToList();
        for (var restart = 0; restart < Restarts; restart++)
        {
            var sequence = sync.Context.Progress.Sequence + 3;
            await Eventually.TrueAsync(
                () => Task.FromResult(sync.Context.Progress.Sequence >= sequence || writers.TrueForAll(writer => writer.IsCompleted)), "some progress", TestContext.Current.CancellationToken);
            await sync.StopAsync();
            await sync.StartAsync();
            await sync.StreamingAsync();
        }

        await Task.WhenAll(writers);
        await sync.CaughtUpAsync();
        await watching.CancelAsync();
        foreach (var (reads, torn) in await Task.WhenAll(watchers))
        {
            reads.Should().BePositive();
            torn.Should().BeEmpty("a transaction is seen as a whole or not at all");
        }

        foreach (var table in Wallets.Tables)
        {
            await sync.ShouldMirrorAsync(table);
        }
    }

    private static async Task TransferAsync(string source, Random random)
    {
        await using var connection = new MySqlConnection(source);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        for (var i = 0; i < Transfers; i++)
        {
            try
            {
                await Wallets.TransferAsync(connection, random, TestContext.Current.CancellationToken);
            }
            catch (MySqlException)
            {
                await using var command = new MySqlCommand("ROLLBACK", connection);
                await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            }
        }
    }
}
