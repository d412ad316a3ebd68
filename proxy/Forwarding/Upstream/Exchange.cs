using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Features;

namespace Strangler.Proxy.Forwarding.Upstream;

/// <summary>One request and its response on one connection, up to the response's head; the body is read by <see cref="ResponseBody"/>.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "The body is a view on the connection and holds nothing of its own.")]
internal sealed class Exchange(
    UpstreamConnection connection, HttpContext context, HttpRequestMessage request, UpstreamOptions options, TimeProvider time,
    CancellationToken cancellationToken)
{
    private CancellationTokenRegistration _cancellation;
    private RequestBody? _body;

    public UpstreamConnection Connection => connection;

    public HttpContext Context => context;

    public async Task<UpstreamResponse> RunAsync(ForwardedFields forwarded)
    {
        // One registration for the whole exchange is cheaper than a token on every read and write, and ends them all the same.
        _cancellation = cancellationToken.UnsafeRegister(static state => ((UpstreamConnection)state!).Dispose(), connection);
        try
        {
            var framing = RequestHead.Write(connection.Output, context, request, forwarded);
            if (request.Content is null)
            {
                await SendHeadAsync();
                return Respond(await ReadHeadAsync());
            }

            _body = new RequestBody(this, framing);
            return Respond(await SendWithBodyAsync());
        }
        catch (Exception fault)
        {
            Abort();
            throw Translate(fault);
        }
    }

    /// <summary>Called when the response has been read to its end.</summary>
    public void Complete(ResponseHead head)
    {
        // The connection is used again only if the request has gone out whole too, and nobody is just cancelling it.
        if (_cancellation.Unregister() && head.KeepsAlive && _body?.IsComplete != false)
        {
            connection.LastHead = head;
            connection.Release(head);
        }
        else
        {
            connection.Dispose();
        }
    }

    public void Abort()
    {
        _cancellation.Unregister();
        connection.Dispose();
    }

    /// <summary>What a failed read or write means: the caller's cancellation, or the upstream's fault.</summary>
    public Exception Translate(Exception fault) =>
        cancellationToken.IsCancellationRequested ? new OperationCanceledException(fault.Message, fault, cancellationToken)
        : fault is ObjectDisposedException ? new IOException("The connection to the upstream was closed.", fault)
        : fault;

    private async ValueTask SendHeadAsync()
    {
        try
        {
            await connection.WriteAsync(connection.Output.Written);
        }
        catch (IOException fault) when (connection.IsReused && !connection.IsDisposed)
        {
            throw new UnansweredException(fault);
        }
    }

    private async Task<ResponseHead> SendWithBodyAsync()
    {
        if (context.Request.Headers.Expect.Count > 0
            && context.Request.Headers.Expect.ToString().Contains("100-continue", StringComparison.OrdinalIgnoreCase))
        {
            await _body!.SendHeadAsync();
            return await AwaitContinueAsync();
        }

        _ = SendBodyAsync();
        await _body!.SendHeadAsync();
        return await ReadHeadAsync();
    }

    // The body is asked of the client only when the upstream wants it; a refusal reaches the client before it has sent a byte.
    private async Task<ResponseHead> AwaitContinueAsync()
    {
        var reading = ReadHeadAsync(returnContinue: true).AsTask();
        using var timeout = new CancellationTokenSource();
        var first = await Task.WhenAny(reading, Task.Delay(options.ExpectContinueTimeout, time, timeout.Token));
        await timeout.CancelAsync();
        if (first == reading)
        {
            var head = await reading;
            if (head.Status != 100)
            {
                return head;
            }

            _ = SendBodyAsync();
            return await ReadHeadAsync();
        }

        _ = SendBodyAsync();
        var late = await reading;
        return late.Status == 100 ? await ReadHeadAsync() : late;
    }

    private async Task SendBodyAsync()
    {
        try
        {
            await request.Content!.CopyToAsync(_body!, null, cancellationToken);
            await _body!.FinishAsync(context.Features.Get<IHttpRequestTrailersFeature>());
        }
        catch (Exception) when (!_body!.IsComplete)
        {
            // An incomplete request must never look complete: the upstream sees the connection end, and so does who reads the
            // response. YARP has the cause from its own side of the copy.
            connection.Dispose();
        }
        catch (OperationCanceledException)
        {
            // The upstream has the whole request; the connection may already serve another.
        }
    }

    private async ValueTask<ResponseHead> ReadHeadAsync(bool returnContinue = false)
    {
        var searched = 0;
        while (true)
        {
            var length = ResponseHead.FindEnd(connection.Buffered, searched);
            if (length > 0)
            {
                var head = ResponseHead.Parse(connection.Buffered[..length], connection.LastHead);
                if (!head.IsInterim || (returnContinue && head.Status == 100))
                {
                    connection.Consume(length);
                    return head;
                }

                if (head.Status != 100)
                {
                    await InterimResponse.ForwardAsync(context, connection.Buffered[..length].ToArray());
                }

                connection.Consume(length);
                searched = 0;
                continue;
            }

            searched = connection.Buffered.Length;
            if (searched > options.ResponseHeaderBytes)
            {
                throw new UpstreamProtocolException($"The upstream's header block is larger than {options.ResponseHeaderBytes} bytes.");
            }

            await FillAsync(isFirst: searched == 0);
        }
    }

    private async ValueTask FillAsync(bool isFirst)
    {
        try
        {
            if (await connection.FillAsync() > 0)
            {
                return;
            }
        }
        catch (Exception fault) when (isFirst && connection.IsReused && !connection.IsDisposed && fault is IOException)
        {
            throw new UnansweredException(fault);
        }

        throw isFirst && connection.IsReused ? new UnansweredException(null)
            : new UpstreamProtocolException("The upstream closed the connection before its response was complete.");
    }

    private UpstreamResponse Respond(ResponseHead head)
    {
        if (head.Status == 101 && context.Request.Headers.Upgrade.Count == 0 && !HttpMethods.IsConnect(context.Request.Method))
        {
            throw new UpstreamProtocolException("The upstream switched protocols without being asked.");
        }

        return new UpstreamResponse(this, head, request);
    }
}
