using System.Buffers;
using Strangler.Proxy.Forwarding;
using Strangler.Proxy.Forwarding.Upstream;
using Strangler.Proxy.Parity;

namespace Strangler.Proxy.Shadowing;

/// <summary>Keeps a copy of an answer as it passes to the client, up to a size.</summary>
internal sealed class AnswerCapture(int maximumBytes) : IUpstreamResponseTap
{
    private const int FirstBytes = 8 * 1024;

    private byte[]? _buffer;
    private int _length;
    private int _announced;
    private bool _isPooled;
    private int _status;
    private (string Name, string Value)[] _fields = [];
    private bool _isWhole;
    private bool _isTooLarge;

    /// <summary>Bytes kept.</summary>
    public int Length => _length;

    public void Begin(UpstreamResponse response)
    {
        Release();
        (_status, _isWhole, _isTooLarge) = ((int)response.StatusCode, false, false);
        _announced = response.ContentLength is { } length && length <= maximumBytes ? (int)length : 0;
        _fields = new (string, string)[response.Fields.Length];
        for (var i = 0; i < _fields.Length; i++)
        {
            _fields[i] = (response.Fields[i].Name, response.Fields[i].Value);
        }
    }

    public void Take(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || _isTooLarge)
        {
            return;
        }

        if (_length + bytes.Length > maximumBytes)
        {
            _isTooLarge = true;
            Release();
            return;
        }

        if (_buffer is null || _buffer.Length < _length + bytes.Length)
        {
            Grow(_length + bytes.Length);
        }

        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
    }

    public void End() => _isWhole = true;

    /// <summary>The answer; null when it was not whole, or too large. The copy is the caller's, the capture is empty afterwards.</summary>
    public Answer? ToAnswer()
    {
        var answer = _isWhole && !_isTooLarge ? new Answer(_status, _fields, Body()) : null;
        Release();
        return answer;
    }

    private byte[] Body()
    {
        if (_isPooled || _buffer?.Length != _length)
        {
            return _buffer.AsSpan(0, _length).ToArray();
        }

        var whole = _buffer;
        _buffer = null;
        return whole;
    }

    // Of an announced length the buffer is what is handed over at the end; else it grows, and is copied.
    private void Grow(int needed)
    {
        var isAnnounced = _buffer is null && needed <= _announced;
        var larger = isAnnounced ? GC.AllocateUninitializedArray<byte>(_announced) : ArrayPool<byte>.Shared.Rent(Math.Max(FirstBytes, Math.Max(needed, _length * 2)));
        var length = _length;
        _buffer.AsSpan(0, length).CopyTo(larger);
        Release();
        (_buffer, _length, _isPooled) = (larger, length, !isAnnounced);
    }

    private void Release()
    {
        if (_isPooled)
        {
            ArrayPool<byte>.Shared.Return(_buffer!);
        }

        (_buffer, _length, _isPooled) = (null, 0, false);
    }
}
