using Strangler.Proxy.EdgeCache.Pages.Esi;

namespace Strangler.Proxy.EdgeCache.Pages;

/// <summary>Puts fragments into pages. One that does not come leaves its place empty; the page goes out all the same.</summary>
internal sealed class PageAssembler(PageFetcher fetcher, PageStore store, TimeProvider time)
{
    private const int MaximumDepth = 3;

    /// <summary>The page as it goes out; at once when nothing in it has changed since it last did.</summary>
    public ValueTask<AssembledPage> AssembleAsync(CachedAnswer page, HttpContext context) =>
        page.Page!.Assembled is { } assembled && assembled.IsValid(time.GetTimestamp())
            ? new ValueTask<AssembledPage>(assembled)
            : new ValueTask<AssembledPage>(AssembleAnewAsync(page, context));

    /// <summary>The fragment that belongs in the place of a tag.</summary>
    public async Task<AssembledPage?> FragmentAsync(EsiTag tag, HttpContext context, FragmentBudget budget, int depth = 1)
    {
        if (tag.Source is not { } source || depth > MaximumDepth || !budget.TryTake())
        {
            return null;
        }

        var request = PageFetcher.RequestOf(context, source.Target, source.Host);
        return await fetcher.GetAsync(request, renew: false) is { Status: StatusCodes.Status200OK } fragment ? await MakeAsync(fragment, request, budget, depth) : null;
    }

    private async Task<AssembledPage> AssembleAnewAsync(CachedAnswer page, HttpContext context)
    {
        var made = await MakeAsync(page, context, new FragmentBudget(), depth: 0);
        // Of the parts the last one is the page itself, whose time is looked at before.
        var assembled = new AssembledPage(made.Body, [.. made.Parts.Where(part => part != page)], made.IsKept);
        if (assembled.IsKept)
        {
            store.Remember(page, assembled);
        }

        return assembled;
    }

    private async Task<AssembledPage> MakeAsync(CachedAnswer page, HttpContext context, FragmentBudget budget, int depth)
    {
        var isKept = page.Place is not null && !page.IsDropped;
        var tags = page.Page!.Tags;
        if (tags.Length == 0)
        {
            return new AssembledPage(page.Body, [page], isKept);
        }

        var fragments = await Task.WhenAll(tags.Select(tag => FragmentAsync(tag, context, budget, depth + 1)));
        var body = new byte[page.Body.Length - tags.Sum(tag => tag.End - tag.Start) + fragments.Sum(fragment => fragment?.Body.Length ?? 0)];
        var (from, at) = (0, 0);
        for (var i = 0; i < tags.Length; i++)
        {
            Append(page.Body[from..tags[i].Start]);
            Append(fragments[i]?.Body ?? default);
            from = tags[i].End;
        }

        Append(page.Body[from..]);
        return new AssembledPage(body, [.. fragments.SelectMany(fragment => fragment?.Parts ?? []), page], isKept && fragments.All(fragment => fragment?.IsKept == true));

        void Append(ReadOnlyMemory<byte> part)
        {
            part.Span.CopyTo(body.AsSpan(at));
            at += part.Length;
        }
    }
}

/// <summary>How many fragments a page may still ask for, those of its fragments included.</summary>
internal sealed class FragmentBudget
{
    private const int Maximum = 64;
    private int _taken;

    public bool TryTake() => Interlocked.Increment(ref _taken) <= Maximum;
}
