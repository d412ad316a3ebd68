using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Strangler.Proxy.Forwarding.Upstream;

/// <summary>
/// The connections to one address. The latest used is handed out first, so that a quiet pool shrinks by itself. Thread-safe.
/// </summary>
internal sealed class UpstreamPool : IDisposable
{
    private readonly Uri _address;
    private readonly UpstreamOptions _options;
    private readonly TimeProvider _time;
    private readonly ITimer _sweeper;
    private readonly Lock _lock = new();
    private readonly List<UpstreamConnection> _idle = [];
    private bool _disposed;

    public UpstreamPool(Uri address, UpstreamOptions options, TimeProvider time)
    {
        _address = address;
        _options = options;
        _time = time;
        var period = TimeSpan.FromSeconds(Math.Max(1, options.IdleConnectionTimeout.TotalSeconds / 2));
        _sweeper = time.CreateTimer(static pool => ((UpstreamPool)pool!).Sweep(), this, period, period);
    }

    /// <summary>An idle connection that is still open, or null.</summary>
    public UpstreamConnection? TryTake()
    {
        while (true)
        {
            UpstreamConnection connection;
            lock (_lock)
            {
                if (_idle.Count == 0)
                {
                    return null;
                }

                connection = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
            }

            if (IsFresh(connection) && connection.TryPrepareForReuse())
            {
                return connection;
            }

            connection.Dispose();
        }
    }

    public async ValueTask<UpstreamConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new DnsEndPoint(_address.DnsSafeHost, _address.Port), linked.Token);
            Stream stream = new NetworkStream(socket, ownsSocket: false);
            if (_address.Scheme == Uri.UriSchemeHttps)
            {
                stream = await SecureAsync(stream, linked.Token);
            }

            return new UpstreamConnection(this, socket, stream, _time.GetTimestamp());
        }
        catch (Exception fault)
        {
            socket.Dispose();
            if (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            {
                throw new TaskCanceledException($"No connection to {_address} within {_options.ConnectTimeout}.", fault);
            }

            if (fault is SocketException or IOException or System.Security.Authentication.AuthenticationException)
            {
                throw new HttpRequestException(HttpRequestError.ConnectionError, $"No connection to {_address}: {fault.Message}", fault);
            }

            throw;
        }
    }

    public void Return(UpstreamConnection connection)
    {
        connection.IdleSince = _time.GetTimestamp();
        lock (_lock)
        {
            if (!_disposed)
            {
                _idle.Add(connection);
                return;
            }
        }

        connection.Dispose();
    }

    public void Dispose()
    {
        _sweeper.Dispose();
        List<UpstreamConnection> idle;
        lock (_lock)
        {
            _disposed = true;
            idle = [.. _idle];
            _idle.Clear();
        }

        idle.ForEach(connection => connection.Dispose());
    }

    private async Task<Stream> SecureAsync(Stream plain, CancellationToken cancellationToken)
    {
        var secure = new SslStream(plain);
        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = _options.TlsServerName ?? _address.IdnHost,
                ApplicationProtocols = [SslApplicationProtocol.Http11],
#pragma warning disable CA5359 // Only where the operator has said so.
                RemoteCertificateValidationCallback = _options.AcceptAnyCertificate ? (_, _, _, _) => true : null,
#pragma warning restore CA5359
            },
            cancellationToken);
        return secure;
    }

    private bool IsFresh(UpstreamConnection connection)
    {
        var idle = _time.GetElapsedTime(connection.IdleSince);
        // A second less than the upstream's own limit, for the way there.
        return idle < _options.IdleConnectionTimeout
            && (connection.KeepAliveSeconds is not { } seconds || idle < TimeSpan.FromSeconds(seconds - 1))
            && _time.GetElapsedTime(connection.CreatedAt) < _options.ConnectionLifetime;
    }

    private void Sweep()
    {
        List<UpstreamConnection>? stale = null;
        lock (_lock)
        {
            for (var i = _idle.Count - 1; i >= 0; i--)
            {
                if (!IsFresh(_idle[i]))
                {
                    (stale ??= []).Add(_idle[i]);
                    _idle.RemoveAt(i);
                }
            }
        }

        stale?.ForEach(connection => connection.Dispose());
    }
}
