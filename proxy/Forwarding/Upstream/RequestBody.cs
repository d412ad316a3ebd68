using Microsoft.AspNetCore.Http.Features;

namespace Strangler.Proxy.Forwarding.Upstream;

/// <summary>
/// The request's body on its way to the upstream, framed as the client framed it: by length, which is enforced, or in chunks with
/// trailers. The head goes out with the first bytes when these are there already, else on its own.
/// </summary>
internal sealed class RequestBody(Exchange exchange, RequestFraming framing) : WriteOnlyStream
{
    private const int LargestCopy = 16 * 1024;
    private readonly Lock _lock = new();
    private readonly UpstreamConnection _connection = exchange.Connection;
    private Task? _head;
    private long _sent;
    private bool _hasFailed;
    private bool _isComplete;

    /// <summary>Whether the whole request is on its way; from then on the connection is not touched here any more.</summary>
    public bool IsComplete => Volatile.Read(ref _isComplete);

    /// <summary>Sends the head now unless it has gone or is going.</summary>
    public Task SendHeadAsync()
    {
        lock (_lock)
        {
            return _head ??= WriteAndClearAsync();
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return;
        }

        _sent += buffer.Length;
        if (_sent > framing.Length)
        {
            throw new IOException("The request's body is longer than its Content-Length.");
        }

        try
        {
            await (TakeHead() ?? Task.CompletedTask);
            await WriteFramedAsync(buffer);
            Volatile.Write(ref _isComplete, _sent == framing.Length);
        }
        catch (Exception fault)
        {
            _hasFailed = true;
            throw exchange.Translate(fault);
        }
    }

    /// <summary>Ends the body: the last chunk and the client's trailers, or nothing more where the length has said it all.</summary>
    public async Task FinishAsync(IHttpRequestTrailersFeature? trailers)
    {
        // The upstream stopped taking the body, but may have answered all the same; or it has everything.
        if (_hasFailed || IsComplete)
        {
            return;
        }

        if (framing.Length is { } length)
        {
            if (_sent != length)
            {
                throw new IOException($"The request's body has {_sent} bytes and not the {length} of its Content-Length.");
            }

            await SendHeadAsync();
            Volatile.Write(ref _isComplete, true);
            return;
        }

        await (TakeHead() ?? Task.CompletedTask);
        var output = _connection.Output;
        output.Write("0\r\n"u8);
        if (trailers is { Available: true })
        {
            foreach (var (name, values) in trailers.Trailers)
            {
                foreach (var value in values)
                {
                    if (FieldRules.PassesInTrailers(name))
                    {
                        output.WriteField(name, value ?? "");
                    }
                }
            }
        }

        output.Write("\r\n"u8);
        await WriteAndClearAsync();
        Volatile.Write(ref _isComplete, true);
    }

    private async ValueTask WriteFramedAsync(ReadOnlyMemory<byte> buffer)
    {
        var output = _connection.Output;
        if (framing.Length is null)
        {
            output.WriteHex(buffer.Length);
            output.Write("\r\n"u8);
        }

        if (output.Length > 0 && buffer.Length <= LargestCopy)
        {
            output.Write(buffer.Span);
            buffer = default;
        }

        if (output.Length > 0 && (framing.Length is not null || !buffer.IsEmpty))
        {
            await WriteAndClearAsync();
        }

        if (!buffer.IsEmpty)
        {
            await _connection.WriteAsync(buffer);
        }

        if (framing.Length is null)
        {
            output.Write("\r\n"u8);
            await WriteAndClearAsync();
        }
    }

    // Null when the head is still in the buffer and goes out with what the caller writes.
    private Task? TakeHead()
    {
        lock (_lock)
        {
            if (_head is null)
            {
                _head = Task.CompletedTask;
                return null;
            }

            return _head;
        }
    }

    private async Task WriteAndClearAsync()
    {
        await _connection.WriteAsync(_connection.Output.Written);
        _connection.Output.Clear();
    }
}
