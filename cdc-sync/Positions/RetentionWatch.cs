using System.Globalization;
using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Binlog.Events;
using Strangler.CdcSync.Binlog.Protocol;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Telemetry;

namespace Strangler.CdcSync.Positions;

/// <summary>
/// Watches the files of the source's log: their sizes for the lag in bytes, and how long the oldest one that is still needed will be kept.
/// Readers on any thread see one state or the next.
/// </summary>
internal sealed partial class RetentionWatch(
    string source, RetentionOptions options, uint serverId, IReadOnlyList<TargetContext> targets, TimeProvider time, ILogger<RetentionWatch> logger)
{
    private const int TimestampLength = 4;

    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);

    private readonly MySqlConnectionStringBuilder _settings = new(source) { Pooling = false };
    private readonly Dictionary<string, DateTimeOffset?> _begun = [];
    private LogFiles? _files;
    private bool _isLow;

    public LogFiles? Files => Volatile.Read(ref _files);

    /// <summary>Against the oldest place that a target still needs; null while nothing is known.</summary>
    public Retention? Current => Files is { } files && Oldest() is { } oldest ? files.Of(oldest.File, time.GetUtcNow()) : null;

    public bool IsLow => Current is { HoursLeft: { } left } && left < options.WarnBelowHours;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.CheckSeconds), time);
        do
        {
            try
            {
                await CheckAsync(cancellationToken);
            }
            catch (Exception fault) when (fault is MySqlException or ServerException or IOException or System.Net.Sockets.SocketException or TimeoutException or InvalidDataException or FormatException or SourceLostException)
            {
                // The sampler over the same source says that it cannot be reached.
                Log.NotRead(logger, fault.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(_settings.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        var files = new List<LogFile>();
        await using (var command = new MySqlCommand("SHOW BINARY LOGS", connection))
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                files.Add(new LogFile(reader.GetString(0), Convert.ToInt64(reader.GetValue(1), CultureInfo.InvariantCulture), null));
            }
        }

        foreach (var gone in _begun.Keys.Except(files.Select(file => file.Name)).ToList())
        {
            _begun.Remove(gone);
        }

        // The oldest, and the one after the needed one: its beginning is the needed one's last write.
        var needed = Oldest() is { } oldest ? files.FindIndex(file => file.Name == oldest.File) : -1;
        foreach (var index in new[] { 0, needed + 1 }.Where(index => index >= 0 && index < files.Count).Distinct())
        {
            await BegunAsync(files[index].Name, cancellationToken);
        }

        var rules = await RulesAsync(connection, cancellationToken);
        Volatile.Write(ref _files, new LogFiles([.. files.Select(file => file with { BegunAt = _begun.GetValueOrDefault(file.Name) })], rules.Expires, rules.MaximumBytes));
        Warn();
    }

    private SourcePosition? Oldest()
    {
        SourcePosition? oldest = null;
        foreach (var position in targets.Select(target => target.Progress.Applied).OfType<SourcePosition>())
        {
            // A distributed transaction that is prepared and not yet ended is read again from where it began.
            var first = (position.Prepared ?? []).Select(prepared => position with { File = prepared.File, Offset = prepared.Offset }).Append(position).MinBy(place => (place.FileNumber, place.Offset))!;
            oldest = oldest is null || (first.FileNumber, first.Offset).CompareTo((oldest.FileNumber, oldest.Offset)) < 0 ? first : oldest;
        }

        return oldest;
    }

    // A file begins with an event that says when; no statement shows it.
    private async Task BegunAsync(string file, CancellationToken cancellationToken)
    {
        if (_begun.TryGetValue(file, out var known) && known is not null)
        {
            return;
        }

        await using var stream = await LogStream.OpenAsync(_settings, new SourcePosition("", file, 4, null), serverId, Heartbeat, time, cancellationToken);
        while (true)
        {
            var data = await stream.ReadAsync(cancellationToken);
            if (data.Span[TimestampLength] == (byte)EventType.FormatDescription)
            {
                var seconds = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(data.Span);
                _begun[file] = seconds > 0 ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
                return;
            }
        }
    }

    private static async Task<(TimeSpan? Expires, long? MaximumBytes)> RulesAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        const string Sql = """
            SHOW GLOBAL VARIABLES WHERE Variable_name IN
            ('binlog_expire_logs_seconds', 'expire_logs_days', 'binlog_expire_logs_auto_purge', 'max_binlog_total_size', 'binlog_space_limit')
            """;
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        await using var command = new MySqlCommand(Sql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            values[reader.GetString(0)] = reader.GetString(1);
        }

        var seconds = Number("binlog_expire_logs_seconds") is > 0 and var set ? set : Number("expire_logs_days") * 86400;
        var isPurged = !values.TryGetValue("binlog_expire_logs_auto_purge", out var purge) || purge is "ON" or "1";
        var bytes = Math.Max(Number("max_binlog_total_size"), Number("binlog_space_limit"));
        return (isPurged && seconds > 0 ? TimeSpan.FromSeconds(seconds) : null, bytes > 0 ? (long)bytes : null);

        double Number(string name) =>
            values.TryGetValue(name, out var text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    private void Warn()
    {
        var isLow = IsLow;
        if (isLow && !_isLow && Current is { } retention)
        {
            Log.Low(logger, retention.HoursLeft!.Value, retention.NeededFile, options.WarnBelowHours);
        }

        _isLow = isLow;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.RetentionLow, LogLevel.Warning,
            "The source will remove {File}, the oldest log file still needed, in about {Hours} hours (warned below {Bound}): until then the services can be followed and taken back. Raise binlog_expire_logs_seconds")]
        public static partial void Low(ILogger logger, double hours, string file, double bound);

        [LoggerMessage(EventIds.RetentionNotRead, LogLevel.Debug, "The source's log files could not be looked at: {Message}")]
        public static partial void NotRead(ILogger logger, string message);
    }
}
