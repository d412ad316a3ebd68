using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Strangler.TestKit;

/// <summary>
/// Stands between a client and a server on loopback and can cut, slow down or swallow what passes. Counts the client's packets, which for MySQL's
/// protocol are its statements, and stops everything at a chosen one: before it is passed on, or right after.
/// </summary>
public sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Pair, bool> _pairs = [];
    private readonly Lock _lock = new();
    private readonly Task _accepting;
    private TaskCompletionSource? _resume;
    private Trap? _trap;
    private volatile bool _isDown;

    public TcpRelay(int serverPort)
    {
        ServerPort = serverPort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Where new connections lead.</summary>
    public int ServerPort { get; set; }

    /// <summary>Bytes a second in each direction of each connection; null for no limit.</summary>
    public int? BytesPerSecond { get; set; }

    /// <summary>How much later everything arrives, in each direction; null for at once.</summary>
    public TimeSpan? Delay { get; set; }

    /// <summary>While set, connections are closed as soon as they are made, and those there were are cut.</summary>
    public bool IsDown
    {
        get => _isDown;
        set
        {
            _isDown = value;
            if (value)
            {
                Cut();
            }
        }
    }

    /// <summary>The client's packets so far.</summary>
    public long Packets { get; private set; }

    /// <summary>Cuts all connections; new ones are taken.</summary>
    public void Cut()
    {
        foreach (var pair in _pairs.Keys)
        {
            pair.Close();
        }
    }

    /// <summary>Nothing passes any more, and nobody is told, until <see cref="Resume"/>.</summary>
    public void Swallow()
    {
        lock (_lock)
        {
            _resume ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void Resume()
    {
        lock (_lock)
        {
            _resume?.TrySetResult();
            _resume = null;
        }
    }

    /// <summary>
    /// Completes when the client's packet of that number (1 is the next) has come. It and all later ones are held back;
    /// with <paramref name="passed"/> it alone still reaches the server, whose answer does not reach the client.
    /// </summary>
    public Task AtPacketAsync(int number, bool passed)
    {
        lock (_lock)
        {
            _trap = new Trap(Packets + number, passed);
            return _trap.Reached.Task;
        }
    }

    /// <summary>Lets packets pass again after <see cref="AtPacketAsync"/>.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _trap?.Released.TrySetResult();
            _trap = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        Resume();
        Release();
        Cut();
        await _accepting.ContinueWith(static _ => { }, TaskScheduler.Default);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var client = await _listener.AcceptSocketAsync(_stop.Token);
            if (_isDown)
            {
                client.Close(0);
                continue;
            }

            client.NoDelay = true;
            var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            var pair = new Pair(client, server);
            _pairs[pair] = true;
            _ = RunAsync(pair);
        }
    }

    private async Task RunAsync(Pair pair)
    {
        try
        {
            await pair.Server.ConnectAsync(IPAddress.Loopback, ServerPort, _stop.Token);
            await Task.WhenAny(PassAsync(pair.Client, pair.Server, isClient: true), PassAsync(pair.Server, pair.Client, isClient: false));
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The server is away: the client finds its connection closed.
        }
        finally
        {
            pair.Close();
            _pairs.TryRemove(pair, out _);
        }
    }

    private async Task PassAsync(Socket from, Socket to, bool isClient)
    {
        var buffer = new byte[64 * 1024];
        var packets = new PacketCounter();
        try
        {
            while (true)
            {
                var read = await from.ReceiveAsync(buffer, SocketFlags.None, _stop.Token);
                if (read == 0)
                {
                    return;
                }

                await ResumedAsync();
                if (BytesPerSecond is { } limit)
                {
                    await Task.Delay(TimeSpan.FromSeconds((double)read / limit), TimeProvider.System, _stop.Token);
                }

                if (Delay is { } delay)
                {
                    await Task.Delay(delay, TimeProvider.System, _stop.Token);
                }

                var sent = 0;
                while (sent < read)
                {
                    var (end, begins) = isClient ? packets.Next(buffer.AsSpan(sent, read - sent)) : (read - sent, false);
                    await TrappedAsync(begins);
                    await SendAsync(to, buffer.AsMemory(sent, end));
                    sent += end;
                }
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One side is gone, and so will be the other.
        }
    }

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await to.SendAsync(bytes, SocketFlags.None)..];
        }
    }

    private async Task ResumedAsync()
    {
        Task resumed;
        lock (_lock)
        {
            resumed = _resume?.Task ?? Task.CompletedTask;
        }

        await resumed.WaitAsync(_stop.Token);
    }

    private async ValueTask TrappedAsync(bool begins)
    {
        Trap? trap;
        bool isLast;
        lock (_lock)
        {
            Packets += begins ? 1 : 0;
            trap = _trap is { } set && Packets >= set.Number ? set : null;
            isLast = trap is { Passed: true } && begins && Packets == trap.Number;
        }

        if (trap is null)
        {
            return;
        }

        if (isLast)
        {
            // On its way first, then told.
            trap.Reached.TrySetResult();
            return;
        }

        trap.Reached.TrySetResult();
        await trap.Released.Task.WaitAsync(_stop.Token);
    }

    private sealed record Trap(long Number, bool Passed)
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Pair(Socket client, Socket server)
    {
        public Socket Client => client;

        public Socket Server => server;

        public void Close()
        {
            client.Close();
            server.Close();
        }
    }

    /// <summary>Finds where packets of the MySQL protocol (three bytes of length, one of sequence) begin in a stream that comes in any pieces.</summary>
    private sealed class PacketCounter
    {
        private readonly byte[] _header = new byte[4];
        private int _headerBytes;
        private int _left;

        /// <summary>The bytes up to the end of the packet or of the piece, and whether a packet of a new command begins with them.</summary>
        public (int End, bool Begins) Next(ReadOnlySpan<byte> piece)
        {
            if (_left > 0)
            {
                var rest = Math.Min(_left, piece.Length);
                _left -= rest;
                return (rest, false);
            }

            var taken = 0;
            while (_headerBytes < 4 && taken < piece.Length)
            {
                _header[_headerBytes++] = piece[taken++];
            }

            if (_headerBytes < 4)
            {
                return (taken, false);
            }

            _headerBytes = 0;
            var length = _header[0] | (_header[1] << 8) | (_header[2] << 16);
            var body = Math.Min(length, piece.Length - taken);
            _left = length - body;
            return (taken + body, _header[3] == 0);
        }
    }
}
