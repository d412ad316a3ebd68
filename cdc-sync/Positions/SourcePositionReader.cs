using System.Globalization;
using MySqlConnector;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Positions;

/// <summary>Asks a source for the end of its log, over one kept connection. Calls that come while a question is under way share the next one.</summary>
internal sealed class SourcePositionReader(string connectionString, bool withGtid = false) : IAsyncDisposable
{
    /// <summary>Whether positions come with their GTIDs on every server, for who has no other way to compare them.</summary>
    public bool WithGtid { get; } = withGtid;

    /// <summary>The statements that give a server's <see cref="SourcePosition.Origin"/>.</summary>
    public const string MariaDbOrigin = "SELECT CONCAT(@@GLOBAL.server_id, '@', @@hostname, ':', @@port)";

    public const string MySqlOrigin = "SELECT @@GLOBAL.server_uuid";

    // Kept open by itself; after a fault a truly new one, whose session knows grants given meanwhile.
    private readonly string _connectionString = new MySqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _lock = new();
    private MySqlConnection? _connection;
    private string? _origin;
    private Task<SourcePosition>? _next;

    /// <summary>
    /// The end of the log at some moment after the call: everything committed when the call was made lies before it.
    /// </summary>
    public Task<SourcePosition> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _next ??= ReadSharedAsync();
            return _next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>The end of the log over a connection that is there.</summary>
    public static async Task<SourcePosition> ReadAsync(MySqlConnection connection, CancellationToken cancellationToken) =>
        await QueryAsync(connection, await OriginAsync(connection, cancellationToken), cancellationToken);

    /// <summary>The end of the log with its GTIDs, as a place to begin reading at.</summary>
    public async Task<SourcePosition> ReadWithGtidAsync(CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(_connectionString);
        await connection.OpenAsync(cancellationToken);
        return await WithGtidAsync(connection, await ReadAsync(connection, cancellationToken), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
        }

        _turn.Dispose();
    }

    private async Task<SourcePosition> ReadSharedAsync()
    {
        await Task.Yield();
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            // From here on a new caller needs a new question: this one may be answered from before its call.
            lock (_lock)
            {
                _next = null;
            }

            if (_connection is null)
            {
                var opening = new MySqlConnection(_connectionString);
                await opening.OpenAsync(CancellationToken.None);
                _origin = await OriginAsync(opening, CancellationToken.None);
                _connection = opening;
            }

            var position = await QueryAsync(_connection, _origin, CancellationToken.None);
            return WithGtid ? await WithGtidAsync(_connection, position, CancellationToken.None) : position;
        }
        catch
        {
            if (_connection is not null)
            {
                await _connection.DisposeAsync();
                _connection = null;
            }

            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    private static async Task<SourcePosition> WithGtidAsync(MySqlConnection connection, SourcePosition position, CancellationToken cancellationToken)
    {
        if (!IsMariaDb(connection))
        {
            return position;
        }

        await using var command = new MySqlCommand("SELECT BINLOG_GTID_POS(@file, @offset)", connection);
        command.Parameters.AddWithValue("file", position.File);
        command.Parameters.AddWithValue("offset", position.Offset);
        return position with { Gtid = await command.ExecuteScalarAsync(cancellationToken) as string };
    }

    private static async Task<SourcePosition> QueryAsync(MySqlConnection connection, string? origin, CancellationToken cancellationToken)
    {
        var statement = IsMariaDb(connection) ? "SHOW MASTER STATUS; SELECT @@GLOBAL.gtid_binlog_pos" : Version(connection) < new Version(8, 2) ? "SHOW MASTER STATUS" : "SHOW BINARY LOG STATUS";
#pragma warning disable CA2100 // One of two constants.
        await using var command = new MySqlCommand(statement, connection) { CommandTimeout = 10 };
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        if (!await reader.ReadAsync(cancellationToken))
        {
            throw new InvalidOperationException("The source writes no binary log: start it with --log-bin (log_bin=ON) and binlog_format=ROW.");
        }

        var gtid = reader.FieldCount > 4 ? reader.GetString(4).Replace("\n", "", StringComparison.Ordinal) : null;
        var (file, offset) = (reader.GetString(0), Convert.ToInt64(reader.GetValue(1), CultureInfo.InvariantCulture));
        if (IsMariaDb(connection) && await reader.NextResultAsync(cancellationToken) && await reader.ReadAsync(cancellationToken))
        {
            gtid = reader.GetString(0);
        }

        return new SourcePosition(IsMariaDb(connection) ? SourcePosition.MariaDb : SourcePosition.MySql, file, offset, gtid)
        {
            Origin = origin,
        };
    }

    // What tells a server from others that have a log of the same name: MariaDB has no id of its own for it.
    private static async Task<string?> OriginAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = IsMariaDb(connection) ? new MySqlCommand(MariaDbOrigin, connection) : new MySqlCommand(MySqlOrigin, connection);
        return await command.ExecuteScalarAsync(cancellationToken) as string;
    }

    private static bool IsMariaDb(MySqlConnection connection) => connection.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);

    private static Version Version(MySqlConnection connection) => System.Version.TryParse(connection.ServerVersion.Split('-')[0], out var version) ? version : new Version(8, 0);
}
