using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Strangler.Proxy.Forwarding;
using Strangler.Proxy.Forwarding.Upstream;
using Strangler.Proxy.Parity;

namespace Strangler.Proxy.EdgeCache.Pages;

/// <summary>
/// One request on its way to Magento and back: asked without what would make the answer partial, compressed or conditional; and the answer looked at before anything of
/// it goes to the client.
/// </summary>
/// <param name="context">The request.</param>
/// <param name="assembler">For fragments of what passes.</param>
/// <param name="flight">Under which its answer is wanted for keeping; null when it is not.</param>
/// <param name="target">The target to ask for.</param>
/// <param name="hasStale">Whether an old page serves better than an error.</param>
/// <param name="maximumBytes">How large an answer for keeping may be.</param>
[SuppressMessage("Reliability", "CA1001", Justification = "The stream is finished by EndAsync, and holds nothing of its own.")]
internal sealed class PageExchange(HttpContext context, PageAssembler assembler, PageFlights.PageFlight? flight, string? target, bool hasStale, int maximumBytes) : IUpstreamResponseFilter
{
    private readonly IHttpResponseBodyFeature _client = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
    private readonly IHttpRequestFeature _request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
    private readonly string _target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
    private readonly IUpstreamResponseFilter? _outer = context.Features.Get<IUpstreamResponseFilter>();
    private readonly FragmentBudget _budget = new();
    private StringValues _acceptEncoding;
    private StringValues _ifNoneMatch;
    private StringValues _ifModifiedSince;
    private bool _isWithheld;
    private PageStream? _stream;
    private Answer _head = Answer.None;

    /// <summary>How long the answer may be kept; 0 for not at all.</summary>
    public int Seconds { get; private set; }

    public void Begin()
    {
        var headers = context.Request.Headers;
        (_acceptEncoding, _isWithheld) = (headers.AcceptEncoding, true);
        headers.Remove("Accept-Encoding");
        if (target is not null)
        {
            (_ifNoneMatch, _ifModifiedSince) = (headers.IfNoneMatch, headers.IfModifiedSince);
            headers.Remove("If-None-Match");
            headers.Remove("If-Modified-Since");
            _request.RawTarget = target;
        }

        context.Features.Set<IUpstreamResponseFilter>(this);
    }

    public bool Accept(HttpContext context, UpstreamResponse response)
    {
        GiveBack();
        var status = (int)response.StatusCode;
        if ((hasStale && status >= StatusCodes.Status500InternalServerError) || _outer?.Accept(context, response) == false)
        {
            return false;
        }

        _head = HeadOf(response);
        if (flight is not null && PageRules.Judge(_head, flight.Key, context.Request.Headers, out var seconds) is var verdict)
        {
            Seconds = seconds;
            if (verdict != FillOutcome.Kept)
            {
                // Nobody needs to wait for the whole of it.
                flight.End(verdict);
            }
        }

        var type = _head.Field("Content-Type");
        var isPlain = _head.Field("Content-Encoding") is null && _head.Field("Content-Range") is null;
        var expand = isPlain && PageContent.MayHoldTags(type);
        if (!HttpMethods.IsHead(context.Request.Method) && status is >= 200 and not (204 or 205 or 304))
        {
            var compress = isPlain && PageContent.IsText(type) && PageEncoding.Accepts(_acceptEncoding) && !AnswerRules.HasToken(_head.Field("Cache-Control") ?? "", "no-transform");
            if (expand || compress || Seconds > 0)
            {
                _stream = new PageStream(_client.Stream, expand ? tag => assembler.FragmentAsync(tag, context, _budget) : null, compress, Seconds > 0 ? maximumBytes : 0)
                {
                    Overflowing = () =>
                    {
                        Seconds = 0;
                        flight?.End(FillOutcome.NotForKeeping);
                    },
                };
                context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(_stream, _client));
            }
        }

        context.Response.OnStarting(() => Prepare(context.Response.Headers, isPlain && PageContent.IsText(type), expand));
        return true;
    }

    /// <summary>The end, however it came. The answer when it is whole and for keeping; then nothing has gone to the client.</summary>
    public async Task<Answer?> EndAsync(bool failed)
    {
        GiveBack();
        context.Features.Set(_outer);
        context.Features.Set(_client);
        if (_stream is null)
        {
            return null;
        }

        if (_stream.IsCollecting)
        {
            return failed ? null : _head with { Body = _stream.Take() };
        }

        if (!failed)
        {
            await _stream.FinishAsync(context.RequestAborted);
        }

        return null;
    }

    private Task Prepare(IHeaderDictionary headers, bool isText, bool expand)
    {
        if (Seconds > 0)
        {
            // What was collected goes out as a page, with fields of its own.
            return Task.CompletedTask;
        }

        if (headers.ContainsKey(PageRules.DebugField))
        {
            headers[PageFields.DebugField] = "UNCACHEABLE";
        }

        PageFields.Rewrite(headers);
        if (isText)
        {
            PageEncoding.SayVary(headers);
        }

        if (expand || _stream?.IsChanging == true)
        {
            headers.ContentLength = null;
        }

        if (_stream?.IsCompressing == true)
        {
            headers.ContentEncoding = PageEncoding.Gzip;
            headers.ETag = headers.ETag.ToString() is ['"', ..] strong ? $"W/{strong}" : headers.ETag;
        }

        return Task.CompletedTask;
    }

    private void GiveBack()
    {
        if (!_isWithheld)
        {
            return;
        }

        _isWithheld = false;
        var headers = context.Request.Headers;
        headers.AcceptEncoding = _acceptEncoding;
        if (target is not null)
        {
            (headers.IfNoneMatch, headers.IfModifiedSince) = (_ifNoneMatch, _ifModifiedSince);
            _request.RawTarget = _target;
        }
    }

    private static Answer HeadOf(UpstreamResponse response)
    {
        var fields = new (string, string)[response.Fields.Length];
        for (var i = 0; i < fields.Length; i++)
        {
            fields[i] = (response.Fields[i].Name, response.Fields[i].Value);
        }

        return new Answer((int)response.StatusCode, fields, default);
    }
}
