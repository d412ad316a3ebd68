using System.Net.Sockets;
using System.Text;
using MySqlConnector;

namespace Strangler.CdcSync.Binlog.Protocol;

/// <summary>One row of a text result, as length-encoded values.</summary>
internal delegate void TextRowHandler(ref TextRow row);

/// <summary>
/// A connection to a MySQL or MariaDB server that can run queries and then turn into a stream of its binary log. Replication is
/// what MySqlConnector does not offer; the settings are read from the same connection string. Not safe for several threads.
/// </summary>
internal sealed class ServerConnection : IAsyncDisposable
{
    private const byte OkSignature = 0x00;
    private const byte EndOfFileSignature = 0xFE;
    private const byte QueryCommand = 0x03;

    private readonly PacketStream _packets;

    internal ServerConnection(PacketStream packets, Greeting greeting)
    {
        _packets = packets;
        Greeting = greeting;
    }

    public Greeting Greeting { get; }

    public bool IsMariaDb => Greeting.IsMariaDb;

    public static async Task<ServerConnection> OpenAsync(MySqlConnectionStringBuilder settings, CancellationToken cancellationToken)
    {
        var socket = await ConnectAsync(settings, cancellationToken);
        var packets = new PacketStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            return await Handshake.PerformAsync(packets, settings, cancellationToken);
        }
        catch
        {
            await packets.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs one statement and hands over each row; the statement is raw bytes so that literals of any character set pass.</summary>
    public async Task QueryAsync(ReadOnlyMemory<byte> sql, TextRowHandler? onRow, CancellationToken cancellationToken)
    {
        await SendAsync(QueryCommand, sql, cancellationToken);
        var first = await _packets.ReadAsync(cancellationToken);
        if (ThrowOnError(first) == OkSignature)
        {
            return;
        }

        if (first.Span[0] == 0xFB)
        {
            throw new FormatException("The server asked for a local file.");
        }

        var columns = ColumnCount(first.Span);
        for (var i = 0; i < columns; i++)
        {
            ThrowOnError(await _packets.ReadAsync(cancellationToken));
        }

        await _packets.ReadAsync(cancellationToken);
        while (true)
        {
            var payload = await _packets.ReadAsync(cancellationToken);
            if (ThrowOnError(payload) == EndOfFileSignature && payload.Length < 9)
            {
                return;
            }

            var row = new TextRow(payload.Span, columns);
            onRow?.Invoke(ref row);
        }
    }

    public Task ExecuteAsync(string sql, CancellationToken cancellationToken) => QueryAsync(Encoding.UTF8.GetBytes(sql), null, cancellationToken);

    /// <summary>All rows as text, for the small answers of the server about itself.</summary>
    public async Task<List<string?[]>> RowsAsync(string sql, CancellationToken cancellationToken)
    {
        var rows = new List<string?[]>();
        await QueryAsync(
            Encoding.UTF8.GetBytes(sql),
            (ref TextRow row) =>
            {
                var values = new string?[row.Columns];
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = row.TryNext(out var value) ? Encoding.UTF8.GetString(value) : null;
                }

                rows.Add(values);
            },
            cancellationToken);
        return rows;
    }

    public async Task<string?> ScalarAsync(string sql, CancellationToken cancellationToken) =>
        (await RowsAsync(sql, cancellationToken)) is [[var value, ..], ..] ? value : null;

    internal async Task SendAsync(byte command, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        var payload = new byte[1 + argument.Length];
        payload[0] = command;
        argument.CopyTo(payload.AsMemory(1));
        _packets.BeginCommand();
        await _packets.WriteAsync(payload, cancellationToken);
    }

    internal ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken) => _packets.ReadAsync(cancellationToken);

    public ValueTask DisposeAsync() => _packets.DisposeAsync();

    private static async Task<Socket> ConnectAsync(MySqlConnectionStringBuilder settings, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(Math.Max(1, settings.ConnectionTimeout)));
        var isUnix = settings.ConnectionProtocol == MySqlConnectionProtocol.UnixSocket || settings.Server.StartsWith('/');
        var socket = isUnix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (isUnix)
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(settings.Server), limit.Token);
            }
            else
            {
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                await socket.ConnectAsync(settings.Server, (int)settings.Port, limit.Token);
            }

            return socket;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new TimeoutException($"{settings.Server}:{settings.Port} did not answer within {settings.ConnectionTimeout} s.");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal static byte ThrowOnError(ReadOnlyMemory<byte> payload)
    {
        if (payload.Length == 0)
        {
            throw new FormatException("The server sent an empty packet.");
        }

        var signature = payload.Span[0];
        return signature == ServerException.Signature ? throw ServerException.Parse(payload.Span) : signature;
    }

    private static int ColumnCount(ReadOnlySpan<byte> payload)
    {
        var count = new ByteReader(payload).ReadLengthEncoded();
        return count <= 4096 ? (int)count : throw new FormatException($"The server announced a result of {count} columns.");
    }
}

/// <summary>Walks over the values of one text row.</summary>
internal ref struct TextRow(ReadOnlySpan<byte> payload, int columns)
{
    private const byte Null = 0xFB;

    private ByteReader _reader = new(payload);

    public int Columns { get; } = columns;

    public int Length { get; } = payload.Length;

    /// <summary>The next value; false when it is NULL.</summary>
    public bool TryNext(out ReadOnlySpan<byte> value)
    {
        if (_reader.Remaining > 0 && _reader.Rest[0] == Null)
        {
            _reader.Skip(1);
            value = default;
            return false;
        }

        value = _reader.ReadLengthEncodedBytes();
        return true;
    }
}
