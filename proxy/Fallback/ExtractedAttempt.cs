using Strangler.Proxy.Forwarding;
using Strangler.Proxy.Forwarding.Upstream;
using Yarp.ReverseProxy.Forwarder;

namespace Strangler.Proxy.Fallback;

/// <summary>How an attempt at the service stood when its response header came, or when it ended without one.</summary>
internal enum AttemptOutcome
{
    /// <summary>The answer goes to the client.</summary>
    Answered,

    /// <summary>A 5xx goes to the client, because there is no way back for this request.</summary>
    AnsweredWithServerError,

    Declined,
    ServerError,
    ConnectError,
    TimedOut,

    /// <summary>The client went away; that says nothing about the service.</summary>
    ClientGone,
}

/// <summary>
/// One request on its way to the service. The response header is the point of no return: before it the request can still go to Magento, after
/// it the answer streams. Lives on the request's features, as the filter of its response.
/// </summary>
internal sealed class ExtractedAttempt : IUpstreamResponseFilter, IDisposable
{
    private readonly HttpContext _context;
    private readonly CancellationTokenSource _ended;
    private readonly TaskCompletionSource<AttemptOutcome> _header = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IUpstreamResponseFilter? _outer;
    private Task _forward = Task.CompletedTask;

    public ExtractedAttempt(HttpContext context, bool mayFallBack)
    {
        _context = context;
        MayFallBack = mayFallBack;
        ClientGone = context.RequestAborted;
        _ended = CancellationTokenSource.CreateLinkedTokenSource(ClientGone);
        context.RequestAborted = _ended.Token;
        _outer = context.Features.Get<IUpstreamResponseFilter>();
        context.Features.Set<IUpstreamResponseFilter>(this);
    }

    /// <summary>Cancelled when the client leaves. (The request's own token is cancelled too when the service is given up.)</summary>
    public CancellationToken ClientGone { get; }

    /// <summary>Whether Magento can still answer when the service does not.</summary>
    public bool MayFallBack { get; }

    /// <summary>Called with the service's response header. False: this answer must not reach the client.</summary>
    public bool Accept(HttpContext context, UpstreamResponse response)
    {
        var status = (int)response.StatusCode;
        var outcome = status switch
        {
            StatusCodes.Status421MisdirectedRequest when MayFallBack => AttemptOutcome.Declined,
            >= 500 => MayFallBack ? AttemptOutcome.ServerError : AttemptOutcome.AnsweredWithServerError,
            _ => AttemptOutcome.Answered,
        };
        _header.TrySetResult(outcome);
        return outcome is not (AttemptOutcome.Declined or AttemptOutcome.ServerError) && _outer?.Accept(context, response) != false;
    }

    /// <summary>Starts the forwarding and returns at the response header, or at the end when none came. Cancelled: gives the service up.</summary>
    public async ValueTask<AttemptOutcome> HeaderAsync(RequestDelegate forward, CancellationToken cancellationToken)
    {
        await using var giveUp = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _ended);
        _forward = forward(_context);
        await Task.WhenAny(_header.Task, _forward);
        if (_header.Task.IsCompletedSuccessfully)
        {
            return await _header.Task;
        }

        await _forward;
        if (ClientGone.IsCancellationRequested)
        {
            return AttemptOutcome.ClientGone;
        }

        cancellationToken.ThrowIfCancellationRequested();
        return _header.Task.IsCompletedSuccessfully ? await _header.Task : OutcomeWithoutHeader();
    }

    /// <summary>Waits until the answer has gone to the client whole.</summary>
    public Task FinishAsync() => _forward;

    /// <summary>Takes every trace of the attempt off the request, so that Magento's answer starts from nothing.</summary>
    public void Undo()
    {
        _context.Features.Set(_outer);
        _context.Features.Set<IForwarderErrorFeature>(null);
        _context.RequestAborted = ClientGone;
        _context.Response.Clear();
    }

    public void Dispose()
    {
        _context.RequestAborted = ClientGone;
        _ended.Dispose();
    }

    private AttemptOutcome OutcomeWithoutHeader() => _context.Features.Get<IForwarderErrorFeature>()?.Error switch
    {
        null or ForwarderError.None => AttemptOutcome.Answered,
        ForwarderError.RequestTimedOut or ForwarderError.RequestBodyCanceled => AttemptOutcome.TimedOut,
        _ => AttemptOutcome.ConnectError,
    };
}
