using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Strangler.TestKit.Http;

/// <summary>
/// Either end of an HTTP/1.1 connection, bytes in hand: what is sent is sent as it is, and what is read is read without forgiving
/// anything. Not for concurrent use in one direction.
/// </summary>
public sealed class RawConnection(Socket socket, Stream stream) : IAsyncDisposable
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    public Stream Stream => stream;

    public static async Task<RawConnection> ConnectAsync(int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        return new RawConnection(socket, new NetworkStream(socket, ownsSocket: true));
    }

    public static async Task<RawConnection> ConnectTlsAsync(int port, string host, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
#pragma warning disable CA5359 // The tests make their certificates themselves.
        var options = new SslClientAuthenticationOptions { TargetHost = host, RemoteCertificateValidationCallback = (_, _, _, _) => true };
#pragma warning restore CA5359
        await tls.AuthenticateAsClientAsync(options, cancellationToken);
        return new RawConnection(socket, tls);
    }

    /// <summary>Sends text, one byte per character.</summary>
    public Task SendAsync(string text, CancellationToken cancellationToken) => SendAsync(Encoding.Latin1.GetBytes(text), cancellationToken);

    public async Task SendAsync(byte[] bytes, CancellationToken cancellationToken) => await stream.WriteAsync(bytes, cancellationToken);

    /// <summary>The start line and fields of the next message, without its body; null when the peer has closed the connection.</summary>
    public async Task<RawMessage?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        var start = await ReadLineAsync(cancellationToken);
        return start is null ? null : new RawMessage(start, await ReadFieldsAsync(cancellationToken), [], []);
    }

    public async Task<RawMessage?> ReadRequestAsync(CancellationToken cancellationToken) =>
        await ReadHeadAsync(cancellationToken) is { } head ? await ReadBodyAsync(head, hasBody: true, untilClose: false, cancellationToken) : null;

    /// <summary>The next response; a body that ends too early throws <see cref="EndOfStreamException"/>.</summary>
    public async Task<RawMessage> ReadResponseAsync(CancellationToken cancellationToken, string method = "GET")
    {
        var head = await ReadHeadAsync(cancellationToken) ?? throw new EndOfStreamException("The connection ended before a response.");
        return await ReadBodyAsync(head, hasBody: method != "HEAD" && head.Status is not (204 or 304 or (>= 100 and < 200)), untilClose: true, cancellationToken);
    }

    /// <summary>Reads the body that a head announces.</summary>
    public async Task<RawMessage> ReadBodyAsync(RawMessage head, bool hasBody, bool untilClose, CancellationToken cancellationToken)
    {
        if (!hasBody)
        {
            return head;
        }

        if (head.Value("Transfer-Encoding") is { } coding && coding.EndsWith("chunked", StringComparison.OrdinalIgnoreCase))
        {
            using var body = new MemoryStream();
            while (await ReadChunkAsync(cancellationToken) is { Length: > 0 } chunk)
            {
                body.Write(chunk);
            }

            return head with { Body = body.ToArray(), Trailers = await ReadFieldsAsync(cancellationToken) };
        }

        return head.Value("Content-Length") is { } length
            ? head with { Body = await ReadExactlyAsync(int.Parse(length, CultureInfo.InvariantCulture), cancellationToken) }
            : untilClose ? head with { Body = await ReadToEndAsync(cancellationToken) } : head;
    }

    /// <summary>One chunk's data, empty for the last one, whose trailers are then to be read.</summary>
    public async Task<byte[]> ReadChunkAsync(CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(cancellationToken) ?? throw new EndOfStreamException("The connection ended between chunks.");
        var size = int.Parse(line.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        if (size == 0)
        {
            return [];
        }

        var data = await ReadExactlyAsync(size, cancellationToken);
        return await ReadLineAsync(cancellationToken) == "" ? data : throw new FormatException("No line end after a chunk.");
    }

    public async Task<byte[]> ReadExactlyAsync(int count, CancellationToken cancellationToken)
    {
        var bytes = new byte[count];
        var buffered = Math.Min(count, _end - _start);
        _buffer.AsSpan(_start, buffered).CopyTo(bytes);
        _start += buffered;
        await stream.ReadExactlyAsync(bytes.AsMemory(buffered), cancellationToken);
        return bytes;
    }

    public async Task<byte[]> ReadToEndAsync(CancellationToken cancellationToken)
    {
        using var rest = new MemoryStream();
        rest.Write(_buffer, _start, _end - _start);
        _start = _end;
        await stream.CopyToAsync(rest, cancellationToken);
        return rest.ToArray();
    }

    /// <summary>What has been read already beyond the last message, for who goes on with <see cref="Stream"/>.</summary>
    public byte[] TakeBuffered()
    {
        var bytes = _buffer[_start.._end];
        _start = _end;
        return bytes;
    }

    /// <summary>Whether the peer has ended the connection, properly or not; waits for that or for a byte.</summary>
    public async Task<bool> IsClosedByPeerAsync(CancellationToken cancellationToken)
    {
        try
        {
            return _start == _end && await stream.ReadAsync(new byte[1], cancellationToken) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Ends the connection with a reset, as a crash does.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    public async ValueTask DisposeAsync() => await stream.DisposeAsync();

    private async Task<IReadOnlyList<RawField>> ReadFieldsAsync(CancellationToken cancellationToken)
    {
        var fields = new List<RawField>();
        while (await ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length == 0)
            {
                return fields;
            }

            var colon = line.IndexOf(':');
            fields.Add(new RawField(line[..colon], line[(colon + 1)..].Trim(' ', '\t')));
        }

        throw new EndOfStreamException("The connection ended within the fields.");
    }

    private async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var end = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n"u8);
            if (end >= 0)
            {
                var line = Encoding.Latin1.GetString(_buffer, _start, end);
                _start += end + 2;
                return line;
            }

            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                _end -= _start;
                _start = 0;
            }

            if (_end == _buffer.Length)
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }

            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                return _end == 0 ? null : throw new EndOfStreamException("The connection ended within a line.");
            }

            _end += read;
        }
    }
}
