using Strangler.Proxy.Stages;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.Freshness;

public sealed class BoundedFreshnessTests(ControlDatabase database)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bounded_TooOldOrUnknown_GoesToMagento_AndBackWhenFresh()
    {
        await using var facade = await FacadeUnderTest.StartAsync(
            await database.CreateAsync(Cancelled), Cancelled, slice => slice.Freshness = new { mode = "bounded", milliseconds = 60_000 });
        await facade.ReadyAsync(Cancelled);
        await facade.MoveAsync(Stage.Live, Cancelled);
        await SideBecomesAsync(facade, "extracted; reason=live");

        facade.LagMilliseconds = 120_000;
        await SideBecomesAsync(facade, "magento; reason=stale");

        facade.LagMilliseconds = 5;
        await SideBecomesAsync(facade, "extracted; reason=live");

        facade.LagMilliseconds = null;
        await SideBecomesAsync(facade, "magento; reason=stale");
    }

    [Fact]
    public async Task Bounded_CdcSyncDead_TheAgeGrowsUntilMagentoAnswers()
    {
        await using var facade = await FacadeUnderTest.StartAsync(
            await database.CreateAsync(Cancelled), Cancelled, slice => slice.Freshness = new { mode = "bounded", milliseconds = 3_000 });
        await facade.ReadyAsync(Cancelled);
        await facade.MoveAsync(Stage.Live, Cancelled);
        await SideBecomesAsync(facade, "extracted; reason=live");

        await facade.CdcSync.DisposeAsync();

        await SideBecomesAsync(facade, "magento; reason=stale");
    }

    private static Task SideBecomesAsync(FacadeUnderTest facade, string side) => Eventually.TrueAsync(
        async () => (await facade.AskAsync(FacadeUnderTest.SlicePath, Cancelled)).Side.StartsWith(side, StringComparison.Ordinal),
        $"the side is {side}", Cancelled);
}
