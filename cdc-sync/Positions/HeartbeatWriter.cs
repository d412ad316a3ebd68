using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.Positions;

/// <summary>
/// Writes a row at the source at a steady pace and notes where in the log it lies, so that every target's way from a commit to the read model
/// is measured even while the store sleeps. What it may not write is said once; it goes on trying.
/// </summary>
internal sealed partial class HeartbeatWriter(
    string source, HeartbeatOptions options, SourcePositionReader positions, IReadOnlyList<TargetContext> targets, TimeProvider time, ILogger<HeartbeatWriter> logger)
{
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(30);

    private readonly string _table = string.Join('.', options.Table.Split('.').Select(SqlLiteral.Name));
    private string? _fault;

    /// <summary>Why nothing is written; null while it is, or when it is switched off.</summary>
    public string? Fault => Volatile.Read(ref _fault);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (options.Table.Length == 0)
        {
            return;
        }

        while (true)
        {
            try
            {
                await BeatAsync(cancellationToken);
            }
            catch (Exception fault) when (fault is MySqlException or InvalidOperationException or TimeoutException)
            {
                if (_fault != fault.Message)
                {
                    Log.Failed(logger, options.Table, fault.Message);
                }

                Volatile.Write(ref _fault, fault.Message);
                await Task.Delay(PauseAfterFault, time, cancellationToken);
            }
        }
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(new MySqlConnectionStringBuilder(source) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        if (!await ExistsAsync(connection, cancellationToken))
        {
            await TargetDatabase.ExecuteAsync(connection, $"CREATE TABLE IF NOT EXISTS {_table} (id int NOT NULL PRIMARY KEY, beat bigint NOT NULL, at datetime(6) NOT NULL) ENGINE=InnoDB", cancellationToken);
        }

        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(options.Milliseconds), time);
        do
        {
            await TargetDatabase.ExecuteAsync(
                connection, $"INSERT INTO {_table} (id, beat, at) VALUES (1, 1, UTC_TIMESTAMP(6)) ON DUPLICATE KEY UPDATE beat = beat + 1, at = UTC_TIMESTAMP(6)", cancellationToken);
            var committedAt = time.GetTimestamp();
            var position = await positions.ReadAsync(cancellationToken);
            foreach (var target in targets)
            {
                target.Lag.Heartbeat.Committed(position, committedAt);
            }

            Volatile.Write(ref _fault, null);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private async Task<bool> ExistsAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await TargetDatabase.ExecuteAsync(connection, $"SELECT 1 FROM {_table} LIMIT 1", cancellationToken);
            return true;
        }
        catch (MySqlException fault) when (fault.ErrorCode == MySqlErrorCode.NoSuchTable)
        {
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.HeartbeatFailed, LogLevel.Warning,
            "The heartbeat cannot be written to {Table}: {Message} The source's user needs SELECT, INSERT, UPDATE on it (and CREATE to make it); without Cdc:Heartbeat:Table the lag is sampled")]
        public static partial void Failed(ILogger logger, string table, string message);
    }
}
