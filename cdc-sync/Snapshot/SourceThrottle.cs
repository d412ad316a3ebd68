using System.Globalization;
using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.Snapshot;

/// <summary>
/// Holds copying back while the source works hard, its replicas lag, or the stream itself waits to be applied. Asks at most once a second,
/// for all tables together. Safe for several threads.
/// </summary>
internal sealed partial class SourceThrottle(TargetContext context, string sourceConnectionString, ILogger<SourceThrottle> logger) : IAsyncDisposable
{
    private static readonly TimeSpan AskedEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly SnapshotOptions _options = context.Options.Snapshot;
    private readonly Dictionary<string, MySqlConnection> _connections = [];
    private readonly SemaphoreSlim _turn = new(1, 1);
    private long _askedAt;
    private string? _reason;

    /// <summary>Completes when the next chunk may be read.</summary>
    public async Task PassAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _turn.WaitAsync(cancellationToken);
            try
            {
                if (_askedAt == 0 || context.Time.GetElapsedTime(_askedAt) > AskedEvery)
                {
                    Changed(await ReasonAsync(cancellationToken));
                    _askedAt = context.Time.GetTimestamp();
                }

                if (_reason is null)
                {
                    return;
                }
            }
            finally
            {
                _turn.Release();
            }

            await Task.Delay(Pause, context.Time, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections.Values)
        {
            await connection.DisposeAsync();
        }

        _turn.Dispose();
    }

    private void Changed(string? reason)
    {
        if ((reason is null) != (_reason is null))
        {
            if (reason is null)
            {
                Log.GoesOn(logger, context.Service);
            }
            else
            {
                Log.Pauses(logger, context.Service, reason);
            }
        }

        context.Meter.Paused = _reason = reason;
    }

    private async Task<string?> ReasonAsync(CancellationToken cancellationToken)
    {
        if (context.Waiting > _options.MaxWaitingTransactions)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{context.Waiting} transactions of the stream wait to be applied (MaxWaitingTransactions {_options.MaxWaitingTransactions})");
        }

        if (_options.MaxThreadsRunning > 0)
        {
            var running = Convert.ToInt64((await ValuesAsync(sourceConnectionString, "SHOW GLOBAL STATUS LIKE 'Threads_running'", cancellationToken))["Value"], CultureInfo.InvariantCulture);
            if (running > _options.MaxThreadsRunning)
            {
                return string.Create(CultureInfo.InvariantCulture, $"the source has {running} threads running (MaxThreadsRunning {_options.MaxThreadsRunning})");
            }
        }

        foreach (var replica in _options.Replicas)
        {
            var name = new MySqlConnectionStringBuilder(replica) is var settings ? string.Create(CultureInfo.InvariantCulture, $"{settings.Server}:{settings.Port}") : "";
            try
            {
                var status = await ValuesAsync(replica, "SHOW SLAVE STATUS", cancellationToken);
                var behind = status.GetValueOrDefault("Seconds_Behind_Master") ?? status.GetValueOrDefault("Seconds_Behind_Source");
                if (behind is null || Convert.ToInt64(behind, CultureInfo.InvariantCulture) > _options.MaxReplicaLagSeconds)
                {
                    return $"the replica {name} is {(behind is null ? "not replicating" : $"{behind} s behind")} (MaxReplicaLagSeconds {_options.MaxReplicaLagSeconds})";
                }
            }
            catch (MySqlException fault)
            {
                return $"the replica {name} does not say how far it is: {fault.Message}";
            }
        }

        return null;
    }

    /// <summary>The first row of an answer, by name; nothing when there is none.</summary>
    private async Task<Dictionary<string, object?>> ValuesAsync(string connectionString, string sql, CancellationToken cancellationToken)
    {
        if (!_connections.TryGetValue(connectionString, out var connection))
        {
            _connections[connectionString] = connection = new MySqlConnection(new MySqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        }

        try
        {
            if (connection.State != System.Data.ConnectionState.Open)
            {
                await connection.OpenAsync(cancellationToken);
            }

            // MySQL has given the statement a new name.
            var isNew = sql.StartsWith("SHOW SLAVE", StringComparison.Ordinal) && !connection.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase)
                && Version.TryParse(connection.ServerVersion.Split('-')[0], out var version) && version >= new Version(8, 0, 22);
#pragma warning disable CA2100 // One of a few constants.
            await using var command = new MySqlCommand(isNew ? "SHOW REPLICA STATUS" : sql, connection);
#pragma warning restore CA2100
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var values = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase);
            if (await reader.ReadAsync(cancellationToken))
            {
                for (var i = 0; i < reader.FieldCount; i++)
                {
                    values[reader.GetName(i)] = reader.IsDBNull(i) ? null : reader.GetValue(i);
                }
            }

            return values;
        }
        catch (MySqlException)
        {
            _connections.Remove(connectionString);
            await connection.DisposeAsync();
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.CopyPaused, LogLevel.Warning, "{Service}: copying pauses: {Reason}")]
        public static partial void Pauses(ILogger logger, string service, string reason);

        [LoggerMessage(EventIds.CopyGoesOn, LogLevel.Information, "{Service}: copying goes on")]
        public static partial void GoesOn(ILogger logger, string service);
    }
}
