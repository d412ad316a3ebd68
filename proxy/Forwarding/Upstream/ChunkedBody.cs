namespace Strangler.Proxy.Forwarding.Upstream;

/// <summary>Takes the chunk framing off a response body, strictly: what is not exactly a chunk is an error.</summary>
internal struct ChunkedBody
{
    private const int LongestLine = 16 * 1024;
    private const int MostTrailers = 256;
    private State _state;
    private long _remaining;

    private enum State
    {
        Size,
        Data,
        DataEnd,
        Trailers,
        Complete,
    }

    public List<UpstreamField>? Trailers { get; private set; }

    public readonly bool IsComplete => _state == State.Complete;

    /// <summary>How many bytes of the current chunk can be read without looking at them.</summary>
    public readonly long DirectBytes => _state == State.Data ? _remaining : 0;

    /// <summary>
    /// Decodes what is in <paramref name="source"/> as far as <paramref name="destination"/> has room, over as many chunks as are
    /// there. Returns the bytes used of the source; none used and none written means that more are needed.
    /// </summary>
    public int Read(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
    {
        var used = 0;
        written = 0;
        while (_state != State.Complete)
        {
            var rest = source[used..];
            if (_state == State.Data)
            {
                var count = (int)Math.Min(Math.Min(rest.Length, destination.Length - written), _remaining);
                rest[..count].CopyTo(destination[written..]);
                Skip(count);
                used += count;
                written += count;
                if (count == 0)
                {
                    break;
                }
            }
            else
            {
                var end = rest.IndexOf((byte)'\n');
                if (end < 0)
                {
                    Check(rest.Length <= LongestLine);
                    break;
                }

                Check(end > 0 && rest[end - 1] == '\r');
                TakeLine(rest[..(end - 1)]);
                used += end + 1;
            }
        }

        return used;
    }

    /// <summary>Counts bytes of the current chunk that were read directly.</summary>
    public void Skip(int count)
    {
        _remaining -= count;
        if (_remaining == 0)
        {
            _state = State.DataEnd;
        }
    }

    private static void Check(bool holds)
    {
        if (!holds)
        {
            throw new UpstreamProtocolException("The upstream sent a malformed chunk.");
        }
    }

    private void TakeLine(ReadOnlySpan<byte> line)
    {
        switch (_state)
        {
            case State.Size:
                _remaining = ParseSize(line);
                _state = _remaining == 0 ? State.Trailers : State.Data;
                break;
            case State.DataEnd:
                Check(line.IsEmpty);
                _state = State.Size;
                break;
            default:
                TakeTrailer(line);
                break;
        }
    }

    private static long ParseSize(ReadOnlySpan<byte> line)
    {
        var extension = line.IndexOf((byte)';');
        var digits = (extension < 0 ? line : line[..extension]).TrimEnd(" \t"u8);
        Check(digits.Length is > 0 and <= 15);
        long size = 0;
        foreach (var digit in digits)
        {
            Check(char.IsAsciiHexDigit((char)digit));
            size = (size << 4) + HexValue(digit);
        }

        return size;
    }

    private static int HexValue(byte digit) => digit <= (byte)'9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    private void TakeTrailer(ReadOnlySpan<byte> line)
    {
        if (line.IsEmpty)
        {
            _state = State.Complete;
            return;
        }

        Trailers ??= [];
        Check(Trailers.Count < MostTrailers);
        Trailers.Add(FieldParser.Parse(line, default));
    }
}
