using System.Buffers.Text;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Debezium.Values;

/// <summary>The unit in which a moment is written.</summary>
internal enum MomentUnit
{
    Iso,
    Days,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

/// <summary>DATE, TIME, DATETIME and TIMESTAMP in every form that the connector has for them.</summary>
internal sealed class MomentCodec(ColumnDefinition column, MomentUnit unit, TimeMode? mode)
{
    private const long FirstMoment = -62_167_219_200;
    private const long LastMoment = 253_402_300_799;

    private readonly int _decimals = ColumnNumbers.First(column) ?? 0;

    public static MomentCodec Of(ColumnDefinition column, FieldSchema? schema, TimeMode mode) =>
        schema?.Semantic is { } semantic && Unit(semantic) is { } unit ? new MomentCodec(column, unit, null)
        // A string without a name is some transform's; its form is ISO or it is nothing that could be read.
        : schema is { Type: "string" } ? new MomentCodec(column, MomentUnit.Iso, null)
        : new MomentCodec(column, Unit(column, mode), mode);

    public ColumnValue Convert(in RawValue value) => ColumnValue.Of(column.DataType switch
    {
        "date" => TemporalText.Date(unit == MomentUnit.Iso ? TemporalText.ParseDate(Text(value)) : Days(Number(value))),
        "time" => TemporalText.Time(unit == MomentUnit.Iso ? TemporalText.ParseTime(Text(value)) : Microseconds(Number(value)), _decimals),
        "datetime" => TemporalText.DateTime(unit == MomentUnit.Iso ? TemporalText.ParseDateTime(Text(value)) : Moment(Number(value)), _decimals),
        _ => TemporalText.Timestamp(unit == MomentUnit.Iso ? TemporalText.ParseDateTime(Text(value)) : Moment(Number(value)), _decimals),
    });

    /// <summary>The unit that a column has under a mode, as the connector chooses it.</summary>
    internal static MomentUnit Unit(ColumnDefinition column, TimeMode mode)
    {
        var decimals = ColumnNumbers.First(column) ?? 0;
        return (column.DataType, mode) switch
        {
            ("timestamp", _) or (_, TimeMode.IsoString) => MomentUnit.Iso,
            ("date", _) => MomentUnit.Days,
            (_, TimeMode.Connect) => MomentUnit.Milliseconds,
            (_, TimeMode.Microseconds) => MomentUnit.Microseconds,
            (_, TimeMode.Nanoseconds) => MomentUnit.Nanoseconds,
            ("time", TimeMode.AdaptiveTimeMicroseconds) => MomentUnit.Microseconds,
            _ => decimals <= 3 ? MomentUnit.Milliseconds : MomentUnit.Microseconds,
        };
    }

    private static MomentUnit? Unit(string semantic) => semantic switch
    {
        "io.debezium.time.Date" or "org.apache.kafka.connect.data.Date" => MomentUnit.Days,
        "io.debezium.time.Time" or "io.debezium.time.Timestamp" or "org.apache.kafka.connect.data.Time" or "org.apache.kafka.connect.data.Timestamp" => MomentUnit.Milliseconds,
        "io.debezium.time.MicroTime" or "io.debezium.time.MicroTimestamp" or "io.debezium.time.MicroDuration" => MomentUnit.Microseconds,
        "io.debezium.time.NanoTime" or "io.debezium.time.NanoTimestamp" or "io.debezium.time.NanoDuration" => MomentUnit.Nanoseconds,
        "io.debezium.time.IsoDate" or "io.debezium.time.IsoTime" or "io.debezium.time.IsoTimestamp"
            or "io.debezium.time.ZonedTime" or "io.debezium.time.ZonedTimestamp" => MomentUnit.Iso,
        _ => null,
    };

    private long Days(long number) => unit == MomentUnit.Days ? number : Moment(number) / 86_400_000_000;

    private long Moment(long number)
    {
        var microseconds = Microseconds(number);
        return microseconds is >= FirstMoment * 1_000_000 and < (LastMoment + 1) * 1_000_000
            ? microseconds
            : throw Mismatch($"{column.Name} holds {number}, which is no moment in {unit.ToString().ToLowerInvariant()}");
    }

    private long Microseconds(long number) => unit switch
    {
        MomentUnit.Milliseconds => number is > long.MinValue / 1000 and < long.MaxValue / 1000
            ? number * 1000
            : throw Mismatch($"{column.Name} holds {number}, which is no moment in milliseconds"),
        MomentUnit.Nanoseconds => (long)Math.Floor(number / 1000m),
        _ => number,
    };

    private long Number(in RawValue value) =>
        value.Kind == RawKind.Number && Utf8Parser.TryParse(value.Text, out long number, out var used) && used == value.Text.Length
            ? number
            : throw Mismatch($"{column.Name} holds no number");

    private ReadOnlySpan<byte> Text(in RawValue value) => value.Kind == RawKind.Text ? value.Text : throw Mismatch($"{column.Name} holds no string");

    private Exception Mismatch(string what) => mode is null || column.DataType == "timestamp"
        ? new FormatException(what)
        : new ModeMismatchException(nameof(KafkaOptions.TimePrecision), mode.Value.ToString(), what);
}
