using System.Globalization;
using Strangler.CdcSync.Binlog.Values;

namespace Strangler.CdcSync.Relay.Encoding;

/// <summary>Dates and times by <c>time.precision.mode</c>. A value is the text that the server prints; what no calendar has (zero dates) is null, or the default where null may not be.</summary>
internal sealed class TemporalEncodings(TimePrecision mode)
{
    private const long MicrosecondsPerDay = 86_400_000_000;
    private const int MillisecondDigits = 3;

    public ColumnEncoding Of(string name, BinlogColumn column, bool isOptional, string? defaultJson) => column.Type switch
    {
        ColumnType.Date or ColumnType.NewDate => Date(name, isOptional, defaultJson),
        ColumnType.Time or ColumnType.Time2 => Time(name, isOptional, defaultJson),
        ColumnType.DateTime or ColumnType.DateTime2 => DateTime(name, column.Metadata, isOptional, defaultJson),
        _ => Timestamp(name, column.Type == ColumnType.Timestamp2 ? column.Metadata : 0, isOptional, defaultJson),
    };

    private ColumnEncoding Date(string name, bool isOptional, string? defaultJson) => mode switch
    {
        TimePrecision.IsoString => Of(name, "string", "io.debezium.time.IsoDate", isOptional, defaultJson, "\"1970-01-01Z\"", static text => Days(text) is null ? null : $"\"{text}Z\""),
        TimePrecision.Connect => Of(name, "int32", "org.apache.kafka.connect.data.Date", isOptional, defaultJson, "0", static text => Number(Days(text))),
        _ => Of(name, "int32", "io.debezium.time.Date", isOptional, defaultJson, "0", static text => Number(Days(text))),
    };

    private ColumnEncoding Time(string name, bool isOptional, string? defaultJson) => mode switch
    {
        // A time of day only: what is negative or longer has no such form, and Debezium gives null as well.
        TimePrecision.IsoString => Of(name, "string", "io.debezium.time.IsoTime", isOptional, defaultJson, "\"00:00:00Z\"", static text =>
            OfDay(text) is { } time ? $"\"{TimeOnly.FromTimeSpan(TimeSpan.FromMicroseconds(time)):HH:mm:ss.FFFFFF}Z\"" : null),
        TimePrecision.Connect => Of(name, "int32", "org.apache.kafka.connect.data.Time", isOptional, defaultJson, "0", static text => Number(OfDay(text) / 1000)),
        TimePrecision.Nanoseconds => Of(name, "int64", "io.debezium.time.NanoTime", isOptional, defaultJson, "0", static text => Number(Microseconds(text) * 1000)),
        _ => Of(name, "int64", "io.debezium.time.MicroTime", isOptional, defaultJson, "0", static text => Number(Microseconds(text))),
    };

    private ColumnEncoding DateTime(string name, int digits, bool isOptional, string? defaultJson) => mode switch
    {
        TimePrecision.IsoString => Of(name, "string", "io.debezium.time.IsoTimestamp", isOptional, defaultJson, "\"1970-01-01T00:00:00Z\"", static text => Instant(text)),
        TimePrecision.Connect => Of(name, "int64", "org.apache.kafka.connect.data.Timestamp", isOptional, defaultJson, "0", static text => Number(FloorDivide(Epoch(text), 1000))),
        TimePrecision.Microseconds => Of(name, "int64", "io.debezium.time.MicroTimestamp", isOptional, defaultJson, "0", static text => Number(Epoch(text))),
        TimePrecision.Nanoseconds => Of(name, "int64", "io.debezium.time.NanoTimestamp", isOptional, defaultJson, "0", static text => Number(Epoch(text) * 1000)),
        _ when digits > MillisecondDigits => Of(name, "int64", "io.debezium.time.MicroTimestamp", isOptional, defaultJson, "0", static text => Number(Epoch(text))),
        _ => Of(name, "int64", "io.debezium.time.Timestamp", isOptional, defaultJson, "0", static text => Number(FloorDivide(Epoch(text), 1000))),
    };

    // A zero TIMESTAMP is stored as the zeroth second, and Debezium takes it for that.
    private static ColumnEncoding Timestamp(string name, int digits, bool isOptional, string? defaultJson)
    {
        var epoch = digits == 0 ? "\"1970-01-01T00:00:00Z\"" : $"\"1970-01-01T00:00:00.{new string('0', digits)}Z\"";
        return Of(name, "string", "io.debezium.time.ZonedTimestamp", isOptional, defaultJson, epoch, text => Epoch(text) is null ? epoch : $"\"{text.Replace(' ', 'T')}Z\"");
    }

    private static ColumnEncoding Of(string name, string type, string semantic, bool isOptional, string? defaultJson, string fallback, Func<string, string?> json)
    {
        var instead = isOptional ? "null" : defaultJson ?? fallback;
        return new ColumnEncoding(
            name, ConnectSchema.Semantic(type, isOptional, semantic) with { Default = defaultJson },
            (writer, value) => writer.WriteRawValue(json(value.Text) ?? instead, skipInputValidation: true));
    }

    private static string? Number(long? value) => value?.ToString(CultureInfo.InvariantCulture);

    private static long? FloorDivide(long? value, long by) => value is null ? null : value.Value / by - (value.Value % by < 0 ? 1 : 0);

    private static long? Days(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) ? date.DayNumber - DateOnly.FromDateTime(System.DateTime.UnixEpoch).DayNumber : null;

    private static string? Instant(string text)
    {
        if (Epoch(text) is null)
        {
            return null;
        }

        var trimmed = text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
        return $"\"{trimmed.Replace(' ', 'T')}Z\"";
    }

    /// <summary>Microseconds since 1970 of a date with time, null when no calendar has the day.</summary>
    private static long? Epoch(string text)
    {
        if (text.Length < 19 || Days(text[..10]) is not { } days)
        {
            return null;
        }

        return days * MicrosecondsPerDay + Microseconds(text[11..]);
    }

    private static long? OfDay(string text) => Microseconds(text) is >= 0 and < MicrosecondsPerDay and var time ? time : null;

    /// <summary>Microseconds of <c>[-]HHH:MM:SS[.ffffff]</c>.</summary>
    private static long? Microseconds(string text)
    {
        var isNegative = text[0] == '-';
        var parts = text.TrimStart('-').Split(':');
        var seconds = parts[2].Split('.');
        var whole = long.Parse(parts[0], CultureInfo.InvariantCulture) * 3600 + long.Parse(parts[1], CultureInfo.InvariantCulture) * 60 + long.Parse(seconds[0], CultureInfo.InvariantCulture);
        var fraction = seconds.Length > 1 ? long.Parse(seconds[1].PadRight(6, '0'), CultureInfo.InvariantCulture) : 0;
        var time = whole * 1_000_000 + fraction;
        return isNegative ? -time : time;
    }
}
