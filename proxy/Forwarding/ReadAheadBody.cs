using System.Buffers;
using Strangler.Proxy.Forwarding.Upstream;

namespace Strangler.Proxy.Forwarding;

/// <summary>
/// A chunked body whose beginning is read before the upstream is connected: the server checks the chunks while it reads, so a bad
/// one there is refused without the upstream knowing. Then gives that beginning, and the rest as it comes.
/// </summary>
internal sealed class ReadAheadBody(Stream inner) : ReadOnlyStream
{
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private bool _ended;
    private Task<int>? _pending;

    /// <summary>What was read ahead, until reading from here begins.</summary>
    public ReadOnlyMemory<byte> Beginning => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Reads until the limit, the end, or the time is over; a malformed body throws what the server throws.</summary>
    public async Task FillAsync(int limit, TimeSpan patience, TimeProvider time)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(limit);
        using var timeout = new CancellationTokenSource();
        Task? delay = null;
        while (!_ended && _end < limit)
        {
            _pending = inner.ReadAsync(_buffer.AsMemory(_end, limit - _end), CancellationToken.None).AsTask();
            if (!_pending.IsCompleted)
            {
                delay ??= Task.Delay(patience, time, timeout.Token);
                if (await Task.WhenAny(_pending, delay) == delay)
                {
                    return;
                }
            }

            var read = _pending;
            _pending = null;
            Take(await read);
        }

        await timeout.CancelAsync();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_start == _end && _pending is { } pending)
        {
            // The read that was under way when the time was over; its bytes come into our buffer.
            var read = await pending.WaitAsync(cancellationToken);
            _pending = null;
            Take(read);
        }

        if (_start < _end)
        {
            var count = Math.Min(buffer.Length, _end - _start);
            _buffer.AsSpan(_start, count).CopyTo(buffer.Span);
            _start += count;
            return count;
        }

        return _ended ? 0 : await inner.ReadAsync(buffer, cancellationToken);
    }

    /// <summary>Gives the buffer back. Not while a read is still writing into it: then it is left to the garbage collector.</summary>
    protected override void Dispose(bool disposing)
    {
        if (_buffer is { } buffer && _pending is null)
        {
            _buffer = null;
            _start = _end = 0;
            ArrayPool<byte>.Shared.Return(buffer);
        }

        base.Dispose(disposing);
    }

    private void Take(int read)
    {
        _end += read;
        _ended = read == 0;
    }
}
