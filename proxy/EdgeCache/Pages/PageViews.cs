using Microsoft.Extensions.Options;
using Strangler.Proxy.EdgeCache.Pages.Purging;

namespace Strangler.Proxy.EdgeCache.Pages;

/// <summary>What the store of Magento's pages did, on this replica since its start.</summary>
/// <param name="Pages">Pages and fragments kept.</param>
/// <param name="Bytes">Their memory.</param>
/// <param name="Hits">Answered from the store.</param>
/// <param name="Misses">Asked of Magento though they might have been kept.</param>
/// <param name="HitRate">Share of hits; null without requests.</param>
/// <param name="Joined">Hits that waited for a page already under way.</param>
/// <param name="Stored">Pages and fragments kept so far.</param>
/// <param name="Overtaken">Not kept because they were purged on their way.</param>
/// <param name="InNeed">Old pages served because Magento could not answer.</param>
/// <param name="Purges">Purges that came to this replica.</param>
/// <param name="FollowedPurges">Purges that came to other replicas.</param>
/// <param name="IsFollowing">Whether the latter are heard of.</param>
public sealed record PageCacheView(
    int Pages, long Bytes, long Hits, long Misses, double? HitRate, long Joined, long Stored, long Overtaken, long InNeed, long Purges, long FollowedPurges, bool IsFollowing);

/// <summary>How many requests for pages the store has answered.</summary>
/// <param name="Hits">Answered from the store.</param>
/// <param name="Misses">Asked of Magento though they might have been kept.</param>
public sealed record PageShareView(long Hits, long Misses);

/// <summary>Reads what the views show; nothing while no pages are kept.</summary>
internal sealed class PageViews(AnswerStore answers, PageStore store, PagePurges purges, IOptions<PageOptions> options)
{
    public PageShareView? Share() => options.Value.Enabled ? new PageShareView(store.Counts.Hits, store.Counts.Misses) : null;

    public PageCacheView? All()
    {
        if (!options.Value.Enabled)
        {
            return null;
        }

        var counts = store.Counts;
        var (pages, bytes) = answers.SizeOf(CacheKey.Pages);
        var total = counts.Hits + counts.Misses;
        return new PageCacheView(
            pages, bytes, counts.Hits, counts.Misses, total == 0 ? null : (double)counts.Hits / total, counts.Joined, counts.Stored, counts.Overtaken, counts.InNeed, purges.Told, purges.Followed,
            purges.IsFollowing);
    }
}
