using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Strangler.TestKit.Http;

/// <summary>
/// A server on a raw socket: keeps every request as it came and answers with bytes that a test made, well-formed or not.
/// </summary>
public sealed class RawUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, byte> _open = new();
    private readonly Func<RawConnection, CancellationToken, Task> _serve;
    private readonly Task _accepting;
    private int _connections;

    private RawUpstream(Func<RawUpstream, RawConnection, CancellationToken, Task> serve)
    {
        _serve = (connection, cancellationToken) => serve(this, connection, cancellationToken);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>The requests that came whole, in order.</summary>
    public ConcurrentQueue<RawMessage> Requests { get; } = new();

    /// <summary>How many connections there have been.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Serves each connection by hand.</summary>
    public static RawUpstream Serving(Func<RawConnection, CancellationToken, Task> serve) => new((_, connection, token) => serve(connection, token));

    /// <summary>Reads requests one after another and answers each with the given bytes.</summary>
    public static RawUpstream Answering(Func<RawMessage, byte[]> answer) => new(async (upstream, connection, cancellationToken) =>
    {
        while (await connection.ReadRequestAsync(cancellationToken) is { } request)
        {
            upstream.Requests.Enqueue(request);
            await connection.SendAsync(answer(request), cancellationToken);
        }
    });

    /// <summary>Answers each request with the same text, one byte per character.</summary>
    public static RawUpstream Answering(string response) => Answering(_ => Encoding.Latin1.GetBytes(response));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        foreach (var socket in _open.Keys)
        {
            socket.Dispose();
        }

        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                socket.NoDelay = true;
                Interlocked.Increment(ref _connections);
                _open.TryAdd(socket, 0);
                _ = ServeAsync(socket);
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The server is being stopped.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await using var connection = new RawConnection(socket, new NetworkStream(socket, ownsSocket: true));
        try
        {
            await _serve(connection, _stop.Token);
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The peer has gone, which some tests are about.
        }

        _open.TryRemove(socket, out _);
    }
}
