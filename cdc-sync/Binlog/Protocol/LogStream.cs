using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using MySqlConnector;
using Strangler.CdcSync.Binlog.Gtid;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Positions;

namespace Strangler.CdcSync.Binlog.Protocol;

/// <summary>A connection that has become a stream of log events, from a position on. Not safe for several threads.</summary>
internal sealed class LogStream : IAsyncDisposable
{
    private const byte RegisterCommand = 0x15;
    private const byte DumpCommand = 0x12;
    private const byte DumpGtidCommand = 0x1E;
    private const ushort ThroughGtid = 4;
    private const byte EndOfFile = 0xFE;
    private const long FirstEvent = 4;

    private readonly ServerConnection _connection;
    private readonly CancellationTokenSource _silence;
    private readonly TimeSpan _silenceLimit;

    private LogStream(ServerConnection connection, bool hasChecksums, string? origin, TimeSpan silenceLimit, TimeProvider time)
    {
        _connection = connection;
        HasChecksums = hasChecksums;
        Origin = origin;
        _silenceLimit = silenceLimit;
        _silence = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
    }

    public bool HasChecksums { get; }

    public bool IsMariaDb => _connection.IsMariaDb;

    /// <summary>The server that is read: see <see cref="SourcePosition.Origin"/>.</summary>
    public string? Origin { get; }

    /// <summary>Signs in as a replica and asks for the log: by GTID where the position has one, else by file and offset.</summary>
    public static async Task<LogStream> OpenAsync(
        MySqlConnectionStringBuilder settings, SourcePosition from, uint serverId, TimeSpan heartbeat, TimeProvider time, CancellationToken cancellationToken)
    {
        var connection = await ServerConnection.OpenAsync(settings, cancellationToken);
        try
        {
            var hasChecksums = await PrepareAsync(connection, heartbeat, cancellationToken);
            var origin = await connection.ScalarAsync(connection.IsMariaDb ? SourcePositionReader.MariaDbOrigin : SourcePositionReader.MySqlOrigin, cancellationToken);
            await RegisterAsync(connection, serverId, cancellationToken);
            await DumpAsync(connection, from, origin, serverId, cancellationToken);
            return new LogStream(connection, hasChecksums, origin, (heartbeat * 4) + TimeSpan.FromSeconds(2), time);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>The next event; the memory is valid until the next read. A server silent for several heartbeats is taken for dead.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        var read = _connection.ReadAsync(_silence.Token);
        ReadOnlyMemory<byte> payload;
        if (read.IsCompleted)
        {
            payload = await read;
        }
        else
        {
            await using var stop = cancellationToken.UnsafeRegister(static silence => ((CancellationTokenSource)silence!).Cancel(), _silence);
            _silence.CancelAfter(_silenceLimit);
            try
            {
                payload = await read;
                _silence.CancelAfter(Timeout.InfiniteTimeSpan);
            }
            catch (OperationCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw new TimeoutException($"The source sent nothing for {_silenceLimit.TotalSeconds:0} s, not even a heartbeat.");
            }
        }

        return ServerConnection.ThrowOnError(payload) == EndOfFile && payload.Length < 9
            ? throw new EndOfStreamException("The source ended the stream of its log.")
            : payload[1..];
    }

    public async ValueTask DisposeAsync()
    {
        _silence.Dispose();
        await _connection.DisposeAsync();
    }

    private static async Task<bool> PrepareAsync(ServerConnection connection, TimeSpan heartbeat, CancellationToken cancellationToken)
    {
        var checksum = await connection.ScalarAsync("SELECT @@GLOBAL.binlog_checksum", cancellationToken);
        var nanoseconds = (heartbeat.Ticks * 100).ToString(CultureInfo.InvariantCulture);
        await connection.ExecuteAsync("SET @master_binlog_checksum = @@GLOBAL.binlog_checksum, @source_binlog_checksum = @@GLOBAL.binlog_checksum", cancellationToken);
        await connection.ExecuteAsync($"SET @master_heartbeat_period = {nanoseconds}, @source_heartbeat_period = {nanoseconds}", cancellationToken);
        // A new identity each time: a server takes two replicas of one identity for one, and cuts the first off.
        await connection.ExecuteAsync($"SET @slave_uuid = '{Guid.NewGuid()}', @replica_uuid = @slave_uuid", cancellationToken);
        if (connection.IsMariaDb)
        {
            await connection.ExecuteAsync("SET @mariadb_slave_capability = 4", cancellationToken);
        }

        return !string.Equals(checksum, "NONE", StringComparison.OrdinalIgnoreCase);
    }

    private static async Task RegisterAsync(ServerConnection connection, uint serverId, CancellationToken cancellationToken)
    {
        var payload = new byte[17];
        BinaryPrimitives.WriteUInt32LittleEndian(payload, serverId);
        await connection.SendAsync(RegisterCommand, payload, cancellationToken);
        ServerConnection.ThrowOnError(await connection.ReadAsync(cancellationToken));
    }

    private static async Task DumpAsync(ServerConnection connection, SourcePosition from, string? origin, uint serverId, CancellationToken cancellationToken)
    {
        var isSameLog = from.Origin is null || from.Origin == origin;
        // An empty set of GTIDs means everything that a server ever logged: right for another server, and on the same one the place says more.
        var gtid = from.Gtid is { Length: > 0 } || !isSameLog ? from.Gtid : null;
        if (gtid is null && !isSameLog)
        {
            throw new SourceLostException(
                $"The place {from} is one in the log of server {from.Origin}, and this is {origin}: without GTIDs nobody knows where it lies in another server's log.");
        }

        if (gtid is null)
        {
            // Files are asked for by 32 bits; beyond, the file is read from its beginning and what is known already is passed over.
            await DumpFileAsync(connection, from.File, from.Offset > uint.MaxValue ? FirstEvent : from.Offset, serverId, cancellationToken);
        }
        else if (connection.IsMariaDb)
        {
            await connection.ExecuteAsync($"SET @slave_connect_state = '{MariaDbGtidPosition.Parse(gtid)}', @slave_gtid_strict_mode = 0, @slave_gtid_ignore_duplicates = 0", cancellationToken);
            await DumpFileAsync(connection, "", FirstEvent, serverId, cancellationToken);
        }
        else
        {
            var set = MySqlGtidSet.Parse(gtid).Encode();
            var payload = new byte[22 + set.Length];
            BinaryPrimitives.WriteUInt16LittleEndian(payload, ThroughGtid);
            BinaryPrimitives.WriteUInt32LittleEndian(payload.AsSpan(2), serverId);
            BinaryPrimitives.WriteInt64LittleEndian(payload.AsSpan(10), FirstEvent);
            BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan(18), set.Length);
            set.CopyTo(payload, 22);
            await connection.SendAsync(DumpGtidCommand, payload, cancellationToken);
        }
    }

    private static async Task DumpFileAsync(ServerConnection connection, string file, long offset, uint serverId, CancellationToken cancellationToken)
    {
        var name = Encoding.UTF8.GetBytes(file);
        var payload = new byte[10 + name.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(payload, (uint)offset);
        BinaryPrimitives.WriteUInt32LittleEndian(payload.AsSpan(6), serverId);
        name.CopyTo(payload, 10);
        await connection.SendAsync(DumpCommand, payload, cancellationToken);
    }
}
