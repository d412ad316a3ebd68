using Microsoft.Extensions.DependencyInjection;
using Strangler.Proxy.Evidence;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.Evidence;

public sealed class EvidenceStoreTests(ControlDatabase database)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TwoReplicas_CountsAddUp()
    {
        var connection = await database.CreateAsync(Cancelled);
        await using var first = await FacadeUnderTest.StartAsync(connection, Cancelled);
        await using var second = await FacadeUnderTest.StartReplicaAsync(first, connection, Cancelled);
        await first.ReadyAsync(Cancelled);
        await second.ReadyAsync(Cancelled);

        for (var i = 0; i < 7; i++)
        {
            await first.AskAsync(FacadeUnderTest.SlicePath, Cancelled);
        }

        for (var i = 0; i < 5; i++)
        {
            await second.AskAsync(FacadeUnderTest.SlicePath, Cancelled);
        }

        await Eventually.TrueAsync(
            async () => (await ReadAsync(second)).Magento[EvidenceMetric.Requests] == 12, "both replicas' requests are in the evidence", Cancelled);
        LatencyHistogram.Total((await ReadAsync(first)).Magento.Latencies).Should().Be(12);
    }

    [Fact]
    public async Task Append_TheSameBatchTwice_CountsOnce()
    {
        await using var facade = await FacadeUnderTest.StartAsync(await database.CreateAsync(Cancelled), Cancelled);
        await facade.ReadyAsync(Cancelled);
        var store = facade.Services.GetRequiredService<EvidenceStore>();
        var batch = Batch(1, 10);

        await store.AppendAsync("someone", batch, Cancelled);
        await store.AppendAsync("someone", batch, Cancelled);
        await store.AppendAsync("someone", Batch(2, 5), Cancelled);

        (await ReadAsync(facade)).Extracted[EvidenceMetric.Requests].Should().Be(15);
    }

    [Fact]
    public async Task Compact_OldRows_AreFewer_AndTheirSumIsTheSame()
    {
        var connection = await database.CreateAsync(Cancelled);
        await using var facade = await FacadeUnderTest.StartAsync(connection, Cancelled);
        await facade.ReadyAsync(Cancelled);
        var store = facade.Services.GetRequiredService<EvidenceStore>();
        for (var sequence = 1; sequence <= 60; sequence++)
        {
            await store.AppendAsync("someone", Batch(sequence, 2), Cancelled);
        }

        var name = new MySqlConnector.MySqlConnectionStringBuilder(connection).Database;
        await database.Server.ExecuteAsync(name, "update evidence set at = at - interval 2 hour - interval id second", Cancelled);
        await store.AppendAsync("someone", Batch(61, 3), Cancelled);
        await store.CompactAsync(600, 86400, Cancelled);

        var rows = await store.ReadAsync(FacadeUnderTest.SliceId, 0, 86400, Cancelled);
        rows.Count.Should().BeLessThanOrEqualTo(3, "two minutes at most, and what is young");
        (await ReadAsync(facade)).Extracted[EvidenceMetric.Requests].Should().Be(123);

        await store.CompactAsync(600, 3600, Cancelled);
        (await ReadAsync(facade)).Extracted[EvidenceMetric.Requests].Should().Be(3, "what is older than an hour is gone");
    }

    private static EvidenceBatch Batch(long sequence, long requests)
    {
        var metrics = new long[EvidenceCounts.MetricCount];
        metrics[(int)EvidenceMetric.Requests] = requests;
        return new EvidenceBatch(sequence, [new EvidenceCounts(FacadeUnderTest.SliceId, Side.Extracted, metrics, new long[LatencyHistogram.Buckets])]);
    }

    private static async Task<EvidenceWindow> ReadAsync(FacadeUnderTest facade) =>
        new EvidenceHistory(await facade.Services.GetRequiredService<EvidenceStore>().ReadAsync(FacadeUnderTest.SliceId, 0, 86400, Cancelled)).Last(86400);
}
