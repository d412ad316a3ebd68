using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Strangler.Chaos.Tests.Faults;

/// <summary>Answers in the service's place, and never as HTTP would have it: errors, half heads, nonsense, closed connections.</summary>
internal sealed class LyingService : IAsyncDisposable
{
    private static readonly string[] Lies =
    [
        "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\noops",
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "this is not HTTP at all\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nContent-Length: 20\r\n\r\n0123456789",
        "",
    ];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private Task _work = Task.CompletedTask;

    public Task BeginAsync(ChaosWorld world)
    {
        if (!_listener.Server.IsBound)
        {
            _listener.Start();
            _work = AcceptAsync();
        }

        var relay = world.Stack.Relays[StackHost.Catalog];
        relay.ServerPort = ((IPEndPoint)_listener.LocalEndpoint).Port;
        relay.Cut();
        return Task.CompletedTask;
    }

    public static Task EndAsync(ChaosWorld world)
    {
        var relay = world.Stack.Relays[StackHost.Catalog];
        relay.ServerPort = world.Stack.CatalogService.Port;
        relay.Cut();
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work.ContinueWith(static _ => { }, TaskScheduler.Default);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        for (var lie = 0; ; lie++)
        {
            _ = LieAsync(await _listener.AcceptSocketAsync(_stop.Token), Lies[lie % Lies.Length]);
        }
    }

    private async Task LieAsync(Socket socket, string lie)
    {
        using (socket)
        {
            try
            {
                await socket.ReceiveAsync(new byte[16 * 1024], SocketFlags.None, _stop.Token);
                await socket.SendAsync(Encoding.ASCII.GetBytes(lie), SocketFlags.None, _stop.Token);
                socket.Shutdown(SocketShutdown.Both);
            }
            catch (Exception fault) when (fault is SocketException or OperationCanceledException)
            {
                // The facade has turned away.
            }
        }
    }
}
