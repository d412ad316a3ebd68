using Microsoft.Extensions.Options;
using Strangler.Proxy.EdgeCache.Pages.Esi;
using Strangler.Proxy.Parity;

namespace Strangler.Proxy.EdgeCache.Pages;

/// <summary>Magento's pages within the store of kept answers: made of its answers, found as long as they may be served.</summary>
internal sealed class PageStore(AnswerStore answers, CacheStats stats, IOptions<PageOptions> options, TimeProvider time)
{
    /// <summary>The name of what all of them depend on, among the services.</summary>
    public const string Service = ":magento";

    private readonly PageOptions _options = options.Value;

    public CacheCounts Counts { get; } = stats.Of(CacheKey.Pages);

    /// <summary>See <see cref="AnswerStore.Changes"/>.</summary>
    public long Changes => answers.Changes;

    public CachedAnswer? Find(in CacheKey key, out PageAge age)
    {
        age = PageAge.Fresh;
        if (answers.Find(key) is not { IsDropped: false } page)
        {
            return null;
        }

        var now = time.GetTimestamp();
        if (now >= page.GoneAt)
        {
            answers.Drop(page);
            return null;
        }

        age = now < page.ExpiresAt ? PageAge.Fresh : now < page.Page!.GraceUntil ? PageAge.Grace : PageAge.Old;
        page.IsUsed = true;
        return page;
    }

    /// <summary>An answer as it goes out; kept only by <see cref="TryKeep"/>.</summary>
    public CachedAnswer Make(in CacheKey key, Answer answer, int seconds)
    {
        var now = time.GetTimestamp();
        var type = answer.Field("Content-Type");
        long After(long more) => now + ((seconds + more) * time.TimestampFrequency);
        return new CachedAnswer
        {
            Key = key,
            Status = answer.Status,
            Fields = PageFields.Of(answer),
            Body = answer.Body,
            Tags = PageRules.TagsOf(answer),
            // Without tags it is purged with everything only.
            Entities = [],
            StoredAt = now,
            ExpiresAt = After(0),
            GoneAt = After(Math.Max(_options.GraceSeconds, _options.StaleIfErrorSeconds)),
            InitialAge = AnswerRules.AgeOf(answer),
            Page = new PageContent
            {
                Tags = PageContent.MayHoldTags(type) ? EsiTag.All(answer.Body.Span) : [],
                IsCompressible = PageContent.IsText(type),
                IsDebug = answer.Field(PageRules.DebugField) is not null,
                GraceUntil = After(_options.GraceSeconds),
            },
        };
    }

    /// <summary>Keeps a page. False when it was purged since it was asked for, or there is no room.</summary>
    public bool TryKeep(CachedAnswer page, long askedAt)
    {
        if (!answers.TryAdd(Service, page, askedAt))
        {
            Counts.Overtake();
            return false;
        }

        Counts.Store();
        return true;
    }

    /// <summary>Puts what was made of a page beside it.</summary>
    public void Remember(CachedAnswer page, AssembledPage assembled)
    {
        page.Page!.Assembled = assembled;
        answers.Resize(page, (page.Page.Tags.Length == 0 ? 0 : assembled.Body.Length) + assembled.CompressedBytes);
    }
}

/// <summary>How old a kept page is.</summary>
internal enum PageAge
{
    /// <summary>As young as Magento wants it.</summary>
    Fresh,

    /// <summary>Served while a new one is fetched.</summary>
    Grace,

    /// <summary>Served when Magento cannot answer.</summary>
    Old,
}
