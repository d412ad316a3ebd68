using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Forwarding;
using Strangler.Proxy.Forwarding.Upstream;
using Strangler.Proxy.Parity;

namespace Strangler.Proxy.EdgeCache.Pages;

/// <summary>Asks Magento beside the requests of shoppers: for fragments, and for pages whose time is over. What is asked is made of a shopper's request.</summary>
internal sealed class PageFetcher(
    UpstreamHandler upstream, PageStore store, PageFlights flights, PageKeys keys, IOptions<FacadeOptions> facade, IOptions<PageOptions> options, IOptions<EdgeCacheOptions> cache, TimeProvider time) : IDisposable
{
    // Who has waited for two answers in vain asks for itself.
    private const int MaximumRounds = 2;
    private const int ReadBytes = 16 * 1024;

    private static readonly string[] OfTheOuterRequest =
        ["If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "If-Range", "Range", "Expect", "Content-Type", "Content-Length", "Transfer-Encoding", "Upgrade", "Connection", "TE"];

    private readonly HttpMessageInvoker _client = new(upstream, disposeHandler: false);
    private readonly Uri _magento = new(facade.Value.Magento.GetLeftPart(UriPartial.Authority));

    /// <summary>The same visitor's request for something else of Magento's; apart from the connection, which may end meanwhile.</summary>
    public static HttpContext RequestOf(HttpContext context, string target, string? host = null)
    {
        IHeaderDictionary headers = new HeaderDictionary();
        foreach (var (name, values) in context.Request.Headers)
        {
            if (!OfTheOuterRequest.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                headers[name] = values;
            }
        }

        headers.AcceptEncoding = "identity";
        headers.Host = host ?? headers.Host;
        var request = new DefaultHttpContext();
        request.Features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Method = HttpMethods.Get,
            RawTarget = target,
            Headers = headers,
            Protocol = "HTTP/1.1",
            Scheme = context.Request.Scheme,
        });
        request.Features.Set(context.Features.Get<StorefrontConnection>());
        return request;
    }

    /// <summary>
    /// A page or fragment, kept or asked for now; null when Magento does not answer with one. With <paramref name="renew"/> what is kept past its time is not enough.
    /// </summary>
    public async Task<CachedAnswer?> GetAsync(HttpContext request, bool renew)
    {
        if (!keys.TryOf(request, out var key))
        {
            return await AskAsync(request, default, null);
        }

        // Magento is asked for the page, not for how one came to it.
        request.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = key.Target;

        CachedAnswer? old = null;
        for (var round = 0; round <= MaximumRounds && !flights.IsUncacheable(key); round++)
        {
            if (store.Find(key, out var age) is { } found)
            {
                old = found;
                if (age == PageAge.Fresh || (age == PageAge.Grace && !renew))
                {
                    if (age == PageAge.Grace)
                    {
                        _ = GetAsync(request, renew: true);
                    }

                    return found;
                }
            }

            var flight = flights.Join(key, out var isOwn);
            if (isOwn)
            {
                return await AskAsync(request, key, flight) ?? Usable(old);
            }

            if (await flight.Ended == FillOutcome.NotForKeeping)
            {
                break;
            }
        }

        return await AskAsync(request, key, null) ?? Usable(old);
    }

    public void Dispose() => _client.Dispose();

    private static CachedAnswer? Usable(CachedAnswer? old) => old is { IsDropped: false } ? old : null;

    private async Task<CachedAnswer?> AskAsync(HttpContext request, CacheKey key, PageFlights.PageFlight? flight)
    {
        // Before Magento is asked: what is purged from here on may be missing in its answer.
        var askedAt = store.Changes;
        var outcome = FillOutcome.Failed;
        try
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(options.Value.FetchSeconds), time);
            using var message = new HttpRequestMessage(HttpMethod.Get, _magento);
            UpstreamHandler.SetContext(message, request);
            using var response = (UpstreamResponse)await _client.SendAsync(message, patience.Token);
            if (await ReadAsync(response, patience.Token) is not { } answer)
            {
                outcome = FillOutcome.NotForKeeping;
                return null;
            }

            if (answer.Status >= StatusCodes.Status500InternalServerError)
            {
                return null;
            }

            var seconds = 0;
            outcome = flight is null ? FillOutcome.Failed : PageRules.Judge(answer, key, request.Request.Headers, out seconds);
            var page = store.Make(flight?.Key ?? key, answer, seconds);
            if (outcome == FillOutcome.Kept && !store.TryKeep(page, askedAt))
            {
                outcome = FillOutcome.Failed;
            }

            return page;
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException or OperationCanceledException or System.Net.Sockets.SocketException)
        {
            return null;
        }
        finally
        {
            flight?.End(outcome);
        }
    }

    // Null for one that is too large.
    private async Task<Answer?> ReadAsync(UpstreamResponse response, CancellationToken cancellationToken)
    {
        var fields = new (string, string)[response.Fields.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = (response.Fields[i].Name, response.Fields[i].Value);
        }

        using var body = new MemoryStream();
        if (response.Body is { } stream && response.StatusCode != HttpStatusCode.NoContent)
        {
            var buffer = new byte[ReadBytes];
            while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                if (body.Length + read > cache.Value.MaximumAnswerBytes)
                {
                    return null;
                }

                body.Write(buffer, 0, read);
            }
        }

        return new Answer((int)response.StatusCode, fields, body.ToArray());
    }
}
