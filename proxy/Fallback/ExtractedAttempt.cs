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
/// it the answer streams. Lives on the request's features, where <see cref="ServiceResponseGuard"/> finds it.
/// </summary>
internal sealed class ExtractedAttempt : IDisposable
{
    private readonly HttpContext _context;
    private readonly CancellationToken _clientGone;
    private readonly CancellationTokenSource _ended;
    private readonly TaskCompletionSource<AttemptOutcome> _header = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _forward = Task.CompletedTask;

    public ExtractedAttempt(HttpContext context, bool mayFallBack)
    {
        _context = context;
        MayFallBack = mayFallBack;
        _clientGone = context.RequestAborted;
        _ended = CancellationTokenSource.CreateLinkedTokenSource(_clientGone);
        context.RequestAborted = _ended.Token;
        context.Features.Set(this);
    }

    /// <summary>Whether Magento can still answer when the service does not.</summary>
    public bool MayFallBack { get; }

    /// <summary>Called with the service's response header. True: this answer must not reach the client.</summary>
    public bool Refuse(int status)
    {
        var outcome = status switch
        {
            StatusCodes.Status421MisdirectedRequest when MayFallBack => AttemptOutcome.Declined,
            >= 500 => MayFallBack ? AttemptOutcome.ServerError : AttemptOutcome.AnsweredWithServerError,
            _ => AttemptOutcome.Answered,
        };
        _header.TrySetResult(outcome);
        return outcome is AttemptOutcome.Declined or AttemptOutcome.ServerError;
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
        if (_clientGone.IsCancellationRequested)
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
        _context.Features.Set<ExtractedAttempt>(null);
        _context.Features.Set<IForwarderErrorFeature>(null);
        _context.RequestAborted = _clientGone;
        _context.Response.Clear();
    }

    public void Dispose()
    {
        _context.RequestAborted = _clientGone;
        _ended.Dispose();
    }

    private AttemptOutcome OutcomeWithoutHeader() => _context.Features.Get<IForwarderErrorFeature>()?.Error switch
    {
        null or ForwarderError.None => AttemptOutcome.Answered,
        ForwarderError.RequestTimedOut or ForwarderError.RequestBodyCanceled => AttemptOutcome.TimedOut,
        _ => AttemptOutcome.ConnectError,
    };
}
