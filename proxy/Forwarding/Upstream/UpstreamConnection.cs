using System.Net.Sockets;

namespace Strangler.Proxy.Forwarding.Upstream;

/// <summary>
/// One HTTP/1.1 connection to an upstream. Owned by one exchange at a time: the pool hands it out, <see cref="Exchange"/> uses it, and
/// it goes back by <see cref="Release"/> or ends by <see cref="Dispose"/>. Only <see cref="Dispose"/> may be called from anywhere.
/// </summary>
internal sealed class UpstreamConnection(UpstreamPool pool, Socket socket, Stream stream, long createdAt) : IDisposable
{
    private const int InitialBuffer = 16 * 1024;
    private byte[] _buffer = new byte[InitialBuffer];
    private int _start;
    private int _end;
    private ValueTask<int> _readAhead;
    private int _hasReadAhead;
    private int _disposed;

    public long CreatedAt { get; } = createdAt;

    /// <summary>When it became idle, in the pool's clock.</summary>
    public long IdleSince { get; set; }

    /// <summary>What the last response said about how long it may be idle.</summary>
    public int? KeepAliveSeconds { get; private set; }

    /// <summary>Whether an earlier exchange has used it: then the upstream may be closing it at this very moment.</summary>
    public bool IsReused { get; private set; }

    public OutputBuffer Output { get; } = new();

    /// <summary>The head of the last response; its strings serve the next one.</summary>
    public ResponseHead? LastHead { get; set; }

    public bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    public ReadOnlySpan<byte> Buffered => _buffer.AsSpan(_start, _end - _start);

    /// <summary>
    /// Starts reading before the request is sent. On a usable connection nothing can come yet, so an answer at once means that the
    /// upstream has closed it (or speaks out of turn); the pending read then serves for the response.
    /// </summary>
    public bool TryPrepareForReuse()
    {
        IsReused = true;
#pragma warning disable CA2012 // Awaited once, by FillAsync or by Dispose.
        _readAhead = stream.ReadAsync(_buffer.AsMemory(), CancellationToken.None);
#pragma warning restore CA2012
        Volatile.Write(ref _hasReadAhead, 1);
        return !_readAhead.IsCompleted;
    }

    /// <summary>Reads more behind what is buffered; 0 when the upstream has closed its side.</summary>
    public async ValueTask<int> FillAsync()
    {
        int read;
        if (TakeReadAhead())
        {
            read = await _readAhead;
        }
        else
        {
            MakeRoom();
            read = await stream.ReadAsync(_buffer.AsMemory(_end), CancellationToken.None);
        }

        _end += read;
        return read;
    }

    public void Consume(int count)
    {
        _start += count;
        if (_start == _end)
        {
            _start = _end = 0;
        }
    }

    /// <summary>Whether bytes have come that a read would give at once. Under TLS nobody can tell, and the answer is no.</summary>
    public bool HasMore => stream is NetworkStream && socket.Available > 0;

    /// <summary>Reads body bytes past the buffer, which must be empty.</summary>
    public ValueTask<int> ReadDirectAsync(Memory<byte> destination) => stream.ReadAsync(destination, CancellationToken.None);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) => stream.WriteAsync(bytes, CancellationToken.None);

    /// <summary>Gives the connection back after a complete exchange; it is closed when anything is left that nobody asked for.</summary>
    public void Release(ResponseHead head)
    {
        if (_start != _end || IsDisposed)
        {
            Dispose();
            return;
        }

        KeepAliveSeconds = head.KeepAliveSeconds ?? KeepAliveSeconds;
        if (_buffer.Length > InitialBuffer)
        {
            _buffer = new byte[InitialBuffer];
        }

        pool.Return(this);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            // Closing the socket ends every pending operation, of the TLS stream above it too. What is unread makes it a reset.
            socket.Dispose();
            stream.Dispose();
            if (TakeReadAhead())
            {
                _ = ObserveAsync(_readAhead);
            }
        }
    }

    // A request's body may fail, and end the connection, in the very moment in which its response is read: only one of the two may await the read.
    private bool TakeReadAhead() => Interlocked.Exchange(ref _hasReadAhead, 0) == 1;

    private static async Task ObserveAsync(ValueTask<int> read)
    {
        try
        {
            await read;
        }
        catch (Exception fault) when (fault is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The connection was thrown away; how its last read ended is of no interest.
        }
    }

    private void MakeRoom()
    {
        if (_start > 0 && _buffer.Length - _end < InitialBuffer / 2)
        {
            Buffered.CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
    }
}
