namespace Strangler.CdcSync.Debezium.Values;

/// <summary>The connector's <c>decimal.handling.mode</c>.</summary>
internal enum DecimalMode
{
    Precise,
    String,
    Double,
}

/// <summary>The connector's <c>time.precision.mode</c>.</summary>
internal enum TimeMode
{
    AdaptiveTimeMicroseconds,
    Adaptive,
    Connect,
    IsoString,
    Microseconds,
    Nanoseconds,
}

/// <summary>The connector's <c>binary.handling.mode</c>.</summary>
internal enum BinaryMode
{
    Bytes,
    Base64,
    Base64UrlSafe,
    Hex,
}

/// <summary>The connector's <c>bigint.unsigned.handling.mode</c>.</summary>
internal enum UnsignedMode
{
    Long,
    Precise,
}

/// <summary>How a connector writes values of which no schema in the message tells.</summary>
internal sealed record ValueModes(DecimalMode Decimal, TimeMode Time, BinaryMode Binary, UnsignedMode Unsigned)
{
    public static ValueModes Of(KafkaOptions options) => new(
        Parse<DecimalMode>(options.DecimalHandling)!.Value, Parse<TimeMode>(options.TimePrecision)!.Value, Parse<BinaryMode>(options.BinaryHandling)!.Value,
        Parse<UnsignedMode>(options.BigintUnsignedHandling)!.Value);

    /// <summary>What is wrong with the modes as they are written, null for nothing.</summary>
    public static string? Fault(KafkaOptions options) =>
        Parse<DecimalMode>(options.DecimalHandling) is null ? Unknown(nameof(options.DecimalHandling), options.DecimalHandling, "precise, string, double")
        : Parse<TimeMode>(options.TimePrecision) is null
            ? Unknown(nameof(options.TimePrecision), options.TimePrecision, "adaptive_time_microseconds, adaptive, connect, isostring, microseconds, nanoseconds")
        : Parse<BinaryMode>(options.BinaryHandling) is null ? Unknown(nameof(options.BinaryHandling), options.BinaryHandling, "bytes, base64, base64-url-safe, hex")
        : Parse<UnsignedMode>(options.BigintUnsignedHandling) is null ? Unknown(nameof(options.BigintUnsignedHandling), options.BigintUnsignedHandling, "long, precise")
        : null;

    // The connector's words, whatever stands between them.
    private static T? Parse<T>(string text) where T : struct, Enum =>
        Enum.TryParse<T>(text.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var mode) && !char.IsAsciiDigit(text[0]) ? mode : null;

    private static string Unknown(string setting, string text, string known) => $"{KafkaOptions.Section}:{setting} is '{text}'; it must be one of {known}.";
}
