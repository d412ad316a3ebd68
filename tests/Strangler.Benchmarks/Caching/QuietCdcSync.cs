using Microsoft.AspNetCore.Http;
using Strangler.TestKit;

namespace Strangler.Benchmarks.Caching;

/// <summary>A cdc-sync that is always up to date and has nothing to tell: kept answers are proven right all the time, and never thrown away.</summary>
internal static class QuietCdcSync
{
    private const string Id = "bench-1";

    public static async Task<FakeUpstream> StartAsync()
    {
        var server = await FakeUpstream.StartAsync("cdc-sync");
        server.Answer = AnswerAsync;
        return server;
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path != "/invalidations")
        {
            await context.Response.WriteAsJsonAsync(new { services = new[] { new { service = "catalog", state = "streaming", lag = new { milliseconds = 1 } } }, invalidation = Id });
            return;
        }

        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync($"event: ready\nid: {Id}\ndata: {{}}\n\n");
        await context.Response.Body.FlushAsync();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
    }
}
