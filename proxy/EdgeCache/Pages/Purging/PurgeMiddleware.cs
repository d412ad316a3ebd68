using System.Net;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Forwarding;

namespace Strangler.Proxy.EdgeCache.Pages.Purging;

/// <summary>Takes Magento's <c>PURGE</c>, and answers as its configuration for Varnish does. From anybody else the method goes no further either.</summary>
internal sealed class PurgeMiddleware(RequestDelegate next, AnswerStore answers, PagePurges purges, IOptions<PageOptions> options)
{
    public const string Method = "PURGE";
    public const string PatternField = "X-Magento-Tags-Pattern";

    private readonly IPNetwork[] _allowed = [.. options.Value.PurgeFrom.Select(entry => IpRange.TryParse(entry, out var range) ? range : default)];

    public Task InvokeAsync(HttpContext context) => context.Request.Method == Method ? PurgeAsync(context) : next(context);

    private Task PurgeAsync(HttpContext context)
    {
        if (!IsAllowed(context))
        {
            return AnswerAsync(context, StatusCodes.Status405MethodNotAllowed, "Method not allowed");
        }

        var headers = context.Request.Headers;
        var (pattern, pool) = (headers[PatternField], headers[PageRules.PoolField]);
        if (pattern.Count == 0 && pool.Count == 0)
        {
            return AnswerAsync(context, StatusCodes.Status400BadRequest, "X-Magento-Tags-Pattern or X-Pool header required");
        }

        var purge = new PagePurge(pattern.Count == 0 ? null : pattern.ToString(), pool.Count == 0 ? null : pool.ToString());
        if (purge.Fault is { } fault)
        {
            return AnswerAsync(context, StatusCodes.Status400BadRequest, fault);
        }

        purge.ApplyTo(answers);
        purges.Tell(purge);
        return AnswerAsync(context, StatusCodes.Status200OK, "Purged");
    }

    // Who comes through a proxy that nobody has vouched for could be anybody.
    private bool IsAllowed(HttpContext context)
    {
        if (context.Request.Headers.ContainsKey("X-Forwarded-For") && context.Features.Get<StorefrontConnection>() is not { IsPeerTrusted: true })
        {
            return false;
        }

        var client = ClientAddress.Of(context);
        return client is not null && (IPAddress.IsLoopback(client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client) || _allowed.Any(range => IpRange.Contains(range, client)));
    }

    private static Task AnswerAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
