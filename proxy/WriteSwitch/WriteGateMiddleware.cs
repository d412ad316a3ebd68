using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Forwarding;
using Strangler.Proxy.Rehearsing;
using Strangler.Proxy.Telemetry;
using Yarp.ReverseProxy.Forwarder;

namespace Strangler.Proxy.WriteSwitch;

/// <summary>
/// Holds a slice's unsafe requests while its writes are being switched, and sends them by what stands when they are let go. Requests that change
/// nothing, and slices that do not write, pass by.
/// </summary>
internal sealed partial class WriteGateMiddleware(
    RequestDelegate next, WriteGates gates, RehearsalMark rehearsals, RoutingStore routing, ILogger<WriteGateMiddleware> logger)
{
    // What a body of unknown length may take in the server's buffers before the client has to stop sending.
    private const long UnknownBodyBytes = 64 * 1024;
    private const int MostReleasedAtFirst = 64;

    public Task InvokeAsync(HttpContext context)
    {
        var request = SliceRequest.Of(context)!;
        return WriteRequests.Changes(request.Route, context.Request.Method) ? PassAsync(context, request) : next(context);
    }

    private async Task PassAsync(HttpContext context, SliceRequest request)
    {
        var slice = request.Route.Slice;
        request.IsRehearsal = rehearsals.IsOn(context, slice.Id);
        var gate = gates.Of(slice.Id, request.IsRehearsal ? WriteScope.Rehearsal : WriteScope.Storefront);
        var held = false;
        if (!gate.TryEnter())
        {
            var limits = slice.Config.Writes!;
            var result = await gate.HoldAsync(limits, BodyBytes(context.Request), PaceOf(slice.Limits.MaxConcurrency), context.RequestAborted);
            if (result != HoldResult.Released)
            {
                await (result == HoldResult.ClientGone ? Task.CompletedTask : RefuseAsync(context, slice.Id, result == HoldResult.Full
                    ? "The store is being moved, and as many requests as may wait are waiting."
                    : $"The store is being moved; the request waited {limits.MaxHeldSeconds} s."));
                return;
            }

            held = true;
        }

        var clientGone = context.RequestAborted;
        var underWay = gates.UnderWay;
        try
        {
            // What was read at its arrival may be what stood before the switch.
            request.Renew(routing.Current);
            // A write that is under way is seen through although its client has left: else "none under way" would not be true.
            context.RequestAborted = underWay;
            await next(context);
        }
        finally
        {
            context.RequestAborted = clientGone;
            gate.Leave(held);
        }

        if (underWay.IsCancellationRequested && !context.Response.HasStarted)
        {
            context.Features.Set<IForwarderErrorFeature>(null);
            context.Response.Clear();
            await RefuseAsync(context, slice.Id, "This replica of the facade is cut off, and what the request has done is not known.");
        }
    }

    // A thousand at once would be refused by the limits toward a service, and a failed request is what the waiting was to avoid.
    private static ReleasePace PaceOf(int concurrency) => new(Math.Clamp(concurrency / 4, 1, MostReleasedAtFirst), Math.Max(1, concurrency * 3 / 4));

    private static long BodyBytes(HttpRequest request) =>
        request.ContentLength ?? (request.Headers.TransferEncoding.Count > 0 ? UnknownBodyBytes : 0);

    private Task RefuseAsync(HttpContext context, string slice, string why)
    {
        Log.Refused(logger, slice, why);
        var response = context.Response;
        response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        response.Headers.RetryAfter = 1.ToString(CultureInfo.InvariantCulture);
        return response.WriteAsJsonAsync(
            new GatewayProblem(ReasonPhrases.GetReasonPhrase(response.StatusCode), response.StatusCode, why), GatewayProblemContext.Default.GatewayProblem,
            "application/problem+json", context.RequestAborted);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.WriteRefused, LogLevel.Warning, "An unsafe request of {SliceId} was refused: {Why}")]
        public static partial void Refused(ILogger logger, string sliceId, string why);
    }
}
