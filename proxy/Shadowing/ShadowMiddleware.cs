using Microsoft.AspNetCore.Http.Features;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Forwarding;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Shadowing;

/// <summary>Takes a sample of a slice's requests for a copy to the other side: keeps the answer as it passes, and hands both on when it has gone to the shopper.</summary>
internal sealed class ShadowMiddleware(RequestDelegate next, Shadows shadows, ForwardedFields forwarded)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = SliceRequest.Of(context)!;
        return IsSampled(context, request) && shadows.TryEnter(request.Route.Slice) is { } lane ? CopyAsync(context, request, lane) : next(context);
    }

    private bool IsSampled(HttpContext context, SliceRequest request)
    {
        var config = Shadows.ConfigOf(request.Route.Slice);
        var isWanted = request.Route.Entry.Stage == Stage.Shadow
            ? request.Decision is { Side: Side.Magento, Reason: DecisionReason.Stage }
            : config.Reverse && request.Route.Entry.Stage is Stage.Canary or Stage.Live && request.Decision.Side == Side.Extracted;
        return isWanted && shadows.IsEnabled && IsWanted(context.Request.Method, config) && (config.SampleRate >= 1 || Random.Shared.NextDouble() < config.SampleRate);
    }

    private static bool IsWanted(string method, ShadowConfig config) => config.Methods is null ? Shadows.IsSafe(method) : config.Methods.Contains(method);

    private async Task CopyAsync(HttpContext context, SliceRequest request, ShadowLane lane)
    {
        var slice = request.Route.Slice;
        var capture = new AnswerCapture(lane.Config.MaxBodyBytes);
        var isHandedOn = false;
        var outer = context.Features.Get<IUpstreamResponseTap>();
        try
        {
            var body = await ReadBodyAsync(context, lane.Config.MaxBodyBytes);
            var question = ShadowRequest.Of(context, forwarded, body.Bytes);
            context.Features.Set<IUpstreamResponseTap>(outer is null ? capture : new TapPair(outer, capture));
            await next(context);
            if (body.IsWhole && request.Fallback == Fallback.FallbackReason.None && !request.IsFromCache && capture.ToAnswer() is { } answer && IsWholeAnswer(answer.Status))
            {
                isHandedOn = true;
                shadows.Begin(lane, new ShadowJob(slice, question, request.AnsweredBy, answer));
            }
        }
        finally
        {
            context.Features.Set(outer);
            if (!isHandedOn)
            {
                capture.ToAnswer();
                lane.Leave();
            }
        }
    }

    // A range, or a word about what the client has in its cache, says nothing about the page; the copy asks for the whole of it.
    private static bool IsWholeAnswer(int status) => status is not (StatusCodes.Status206PartialContent or StatusCodes.Status304NotModified
        or StatusCodes.Status412PreconditionFailed or StatusCodes.Status416RangeNotSatisfiable);

    /// <summary>Reads a small body whole, and puts it back for the side that answers. A larger one is left as it is, and not copied.</summary>
    private static async Task<(byte[]? Bytes, bool IsWhole)> ReadBodyAsync(HttpContext context, int maximumBytes)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody != true)
        {
            return (null, true);
        }

        if (context.Request.ContentLength is not { } length || length > maximumBytes)
        {
            return (null, false);
        }

        var bytes = new byte[length];
        await context.Request.Body.ReadExactlyAsync(bytes, context.RequestAborted);
        context.Request.Body = new MemoryStream(bytes, writable: false);
        return (bytes, true);
    }
}
