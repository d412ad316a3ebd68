namespace Strangler.Proxy.Forwarding.Upstream;

/// <summary>
/// The body of a response, without its framing. A body that ends too early is an error, never an end. Reading it to the end gives
/// the connection back; disposing it earlier closes the connection, so that the upstream sees that nobody listens.
/// </summary>
internal sealed class ResponseBody : ReadOnlyStream
{
    private readonly Exchange _exchange;
    private readonly UpstreamConnection _connection;
    private readonly ResponseHead _head;
    private readonly BodyKind _kind;
    private ChunkedBody _chunks;
    private long _remaining;
    private bool _ended;

    public ResponseBody(Exchange exchange, ResponseHead head, bool isHead)
    {
        _exchange = exchange;
        _connection = exchange.Connection;
        _head = head;
        _kind = isHead || head.Status is 204 or 304 ? BodyKind.None
            : head.IsChunked ? BodyKind.Chunked
            : head.ContentLength is null ? BodyKind.UntilClose
            : BodyKind.Length;
        _remaining = head.ContentLength ?? 0;
        if (_kind == BodyKind.None || (_kind == BodyKind.Length && _remaining == 0))
        {
            End(reusable: true);
        }
    }

    private enum BodyKind
    {
        None,
        Length,
        Chunked,
        UntilClose,
    }

    /// <summary>Sees the body as it is read, or null.</summary>
    public IUpstreamResponseTap? Tap { get; set; }

    public bool IsChunked => _kind == BodyKind.Chunked;

    /// <summary>Whether nothing of it is left to be read.</summary>
    public bool IsEnded => _ended;

    /// <summary>The trailers; complete once the body has been read to its end.</summary>
    public IReadOnlyList<UpstreamField> Trailers => _chunks.Trailers ?? [];

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Tap is null ? ReadBodyAsync(buffer) : ReadTappedAsync(buffer, Tap);

    private async ValueTask<int> ReadTappedAsync(Memory<byte> buffer, IUpstreamResponseTap tap)
    {
        var read = await ReadBodyAsync(buffer);
        tap.Take(buffer.Span[..read]);
        if (_ended)
        {
            tap.End();
        }

        return read;
    }

    private ValueTask<int> ReadBodyAsync(Memory<byte> buffer)
    {
        // The copier asks with an empty buffer first, to rent its own only when there is something; answering at once is cheaper.
        if (_ended || buffer.IsEmpty)
        {
            return new ValueTask<int>(0);
        }

        if (_kind == BodyKind.Chunked)
        {
            return ReadChunkedAsync(buffer);
        }

        if (_kind == BodyKind.Length && buffer.Length > _remaining)
        {
            buffer = buffer[..(int)_remaining];
        }

        var buffered = _connection.Buffered;
        if (buffered.IsEmpty)
        {
            return ReadDirectAsync(buffer);
        }

        var count = Math.Min(buffered.Length, buffer.Length);
        buffered[..count].CopyTo(buffer.Span);
        _connection.Consume(count);
        Advance(count);
        // One write to the client for what came in two reads: the rest is most often there already.
        return !_ended && count < buffer.Length && _connection.HasMore ? ReadOnAsync(buffer, count) : new ValueTask<int>(count);
    }

    protected override void Dispose(bool disposing)
    {
        if (!_ended)
        {
            _ended = true;
            _exchange.Abort();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadOnAsync(Memory<byte> buffer, int count) => count + await ReadDirectAsync(buffer[count..]);

    private async ValueTask<int> ReadDirectAsync(Memory<byte> buffer)
    {
        int read;
        try
        {
            read = await _connection.ReadDirectAsync(buffer);
        }
        catch (Exception fault)
        {
            throw _exchange.Translate(fault);
        }

        if (read > 0)
        {
            Advance(read);
        }
        else if (_kind == BodyKind.Length)
        {
            throw new UpstreamProtocolException($"The upstream closed the connection {_remaining} bytes before the end of the body.");
        }
        else
        {
            End(reusable: false);
        }

        return read;
    }

    private async ValueTask<int> ReadChunkedAsync(Memory<byte> buffer)
    {
        while (true)
        {
            var taken = _chunks.Read(_connection.Buffered, buffer.Span, out var written);
            _connection.Consume(taken);
            if (_chunks.IsComplete)
            {
                End(reusable: true);
                return written;
            }

            if (written > 0)
            {
                return written;
            }

            var read = 0;
            try
            {
                if (_chunks.DirectBytes > 0 && _connection.Buffered.IsEmpty)
                {
                    read = await _connection.ReadDirectAsync(buffer[..(int)Math.Min(buffer.Length, _chunks.DirectBytes)]);
                    _chunks.Skip(read);
                    written = read;
                }
                else
                {
                    read = await _connection.FillAsync();
                }
            }
            catch (Exception fault)
            {
                throw _exchange.Translate(fault);
            }

            if (read == 0)
            {
                throw new UpstreamProtocolException("The upstream closed the connection before the last chunk.");
            }

            if (written > 0)
            {
                return written;
            }
        }
    }

    private void Advance(int count)
    {
        _remaining -= count;
        if (_kind == BodyKind.Length && _remaining == 0)
        {
            End(reusable: true);
        }
    }

    private void End(bool reusable)
    {
        _ended = true;
        if (reusable)
        {
            _exchange.Complete(_head);
        }
        else
        {
            _exchange.Abort();
        }
    }
}
