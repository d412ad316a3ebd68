using System.Globalization;
using Strangler.Proxy.Decisions;

namespace Strangler.Proxy.EdgeCache.Pages;

/// <summary>What became of a request at the store of pages, for whoever asks with the debug field.</summary>
/// <param name="Word">The word for it.</param>
internal sealed record PageOutcome(string Word)
{
    public static PageOutcome Hit { get; } = new("hit");

    public static PageOutcome Miss { get; } = new("miss");

    public static PageOutcome Stale { get; } = new("stale");
}

/// <summary>Sends a page with its fragments in their places.</summary>
internal sealed class PageWriter(PageAssembler assembler, PageStore store, TimeProvider time)
{
    public ValueTask WriteAsync(HttpContext context, CachedAnswer page, PageOutcome outcome)
    {
        context.Features.Set(outcome);
        page.IsUsed = true;
        if (outcome != PageOutcome.Miss && SliceRequest.Of(context) is { } slice)
        {
            slice.IsFromCache = true;
        }

        var coming = assembler.AssembleAsync(page, context);
        return coming.IsCompletedSuccessfully ? SendAsync(context, page, coming.Result, outcome) : AwaitAsync(context, page, coming, outcome);
    }

    private async ValueTask AwaitAsync(HttpContext context, CachedAnswer page, ValueTask<AssembledPage> coming, PageOutcome outcome) =>
        await SendAsync(context, page, await coming, outcome);

    private ValueTask SendAsync(HttpContext context, CachedAnswer page, AssembledPage assembled, PageOutcome outcome)
    {
        var (response, headers, content) = (context.Response, context.Response.Headers, page.Page!);
        response.StatusCode = page.Status;
        foreach (var (name, value) in page.Fields)
        {
            headers[name] = value;
        }

        if (content.IsDebug)
        {
            headers[PageFields.DebugField] = outcome == PageOutcome.Miss ? "MISS" : "HIT";
            headers.Age = (page.InitialAge + (int)time.GetElapsedTime(page.StoredAt).TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        var body = assembled.Body;
        if (content.IsCompressible && assembled.IsWorthCompressing)
        {
            PageEncoding.SayVary(headers);
            if (PageEncoding.Accepts(context.Request.Headers.AcceptEncoding))
            {
                body = Compress(page, assembled);
                headers.ContentEncoding = PageEncoding.Gzip;
            }
        }

        response.ContentLength = body.Length;
        return body.IsEmpty || HttpMethods.IsHead(context.Request.Method) ? default : SendAsync(context, body);
    }

    private static async ValueTask SendAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        // Begun first, the fields lie before the body in the same buffer.
        await context.Response.StartAsync(context.RequestAborted);
        await context.Response.BodyWriter.WriteAsync(body, context.RequestAborted);
    }

    private ReadOnlyMemory<byte> Compress(CachedAnswer page, AssembledPage assembled)
    {
        var isNew = assembled.CompressedBytes == 0;
        var bytes = assembled.Compress();
        if (isNew && assembled.IsKept)
        {
            store.Remember(page, assembled);
        }

        return bytes;
    }
}
