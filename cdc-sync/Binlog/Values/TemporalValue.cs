using System.Globalization;

namespace Strangler.CdcSync.Binlog.Values;

/// <summary>
/// Dates and times as the server prints them, timestamps in UTC. They are text because the server knows values that no date type does:
/// zero dates, zero months, times of 838 hours.
/// </summary>
internal static class TemporalValue
{
    public static string Date(ref ByteReader reader)
    {
        var packed = reader.ReadUInt24();
        return string.Create(CultureInfo.InvariantCulture, $"{packed >> 9:0000}-{(packed >> 5) & 15:00}-{packed & 31:00}");
    }

    public static string DateTime(ref ByteReader reader, int decimals)
    {
        var packed = (long)reader.ReadBigEndian(5) - 0x8000000000;
        return DateTimeText(packed, Fraction(ref reader, decimals), decimals, ref reader);
    }

    public static string Timestamp(ref ByteReader reader, int decimals)
    {
        var seconds = (long)reader.ReadBigEndian(4);
        var fraction = Fraction(ref reader, decimals);
        return TimestampText(seconds, fraction, decimals);
    }

    public static string Time(ref ByteReader reader, int decimals)
    {
        CheckDecimals(ref reader, decimals);
        var fractionBytes = (decimals + 1) / 2;
        // Value and fraction are one number with an offset, so a negative time borrows from its seconds.
        var packed = (long)reader.ReadBigEndian(3 + fractionBytes) - (0x800000L << (8 * fractionBytes));
        var magnitude = Math.Abs(packed);
        var whole = magnitude >> (8 * fractionBytes);
        var fraction = magnitude & ((1L << (8 * fractionBytes)) - 1);
        var (hours, minutes, seconds) = ((whole >> 12) & 0x3FF, (whole >> 6) & 0x3F, whole & 0x3F);
        return string.Create(CultureInfo.InvariantCulture, $"{(packed < 0 ? "-" : "")}{hours:00}:{minutes:00}:{seconds:00}{FractionText(Microseconds(fraction, fractionBytes), decimals)}");
    }

    /// <summary>TIMESTAMP as servers before 5.6 stored it.</summary>
    public static string OldTimestamp(ref ByteReader reader) => TimestampText(reader.ReadUInt32(), 0, 0);

    /// <summary>DATETIME as servers before 5.6 stored it: its digits as one number.</summary>
    public static string OldDateTime(ref ByteReader reader)
    {
        var digits = reader.ReadUInt64();
        var (date, time) = (digits / 1000000, digits % 1000000);
        if (date > 99999999)
        {
            throw reader.Malformed($"a DATETIME of {digits}");
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"{date / 10000:0000}-{date / 100 % 100:00}-{date % 100:00} {time / 10000:00}:{time / 100 % 100:00}:{time % 100:00}");
    }

    /// <summary>TIME as servers before 5.6 stored it.</summary>
    public static string OldTime(ref ByteReader reader)
    {
        var digits = (int)reader.ReadUInt24();
        digits = (digits << 8) >> 8;
        var magnitude = Math.Abs(digits);
        return string.Create(CultureInfo.InvariantCulture, $"{(digits < 0 ? "-" : "")}{magnitude / 10000:00}:{magnitude / 100 % 100:00}:{magnitude % 100:00}");
    }

    /// <summary>The text of a packed date and time, the form that JSON documents hold too.</summary>
    public static string DateTimeText(long packed, long microseconds, int decimals, ref ByteReader reader)
    {
        if (packed < 0)
        {
            throw reader.Malformed("a negative DATETIME");
        }

        var (yearMonth, day, time) = (packed >> 22, (packed >> 17) & 31, packed & 0x1FFFF);
        var (year, month) = (yearMonth / 13, yearMonth % 13);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{year:0000}-{month:00}-{day:00} {time >> 12:00}:{(time >> 6) & 63:00}:{time & 63:00}{FractionText(microseconds, decimals)}");
    }

    public static string FractionText(long microseconds, int decimals) => decimals == 0
        ? ""
        : string.Concat(".", microseconds.ToString("000000", CultureInfo.InvariantCulture).AsSpan(0, decimals));

    private static string TimestampText(long seconds, long microseconds, int decimals)
    {
        var text = seconds == 0 && microseconds == 0
            ? "0000-00-00 00:00:00"
            : DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        return text + FractionText(microseconds, decimals);
    }

    private static long Fraction(ref ByteReader reader, int decimals)
    {
        CheckDecimals(ref reader, decimals);
        var bytes = (decimals + 1) / 2;
        return Microseconds((long)reader.ReadBigEndian(bytes), bytes);
    }

    private static long Microseconds(long fraction, int bytes)
    {
        var microseconds = bytes switch { 0 => 0, 1 => fraction * 10000, 2 => fraction * 100, _ => fraction };
        return microseconds < 1000000 ? microseconds : throw new FormatException($"Malformed data: a fraction of {microseconds} microseconds.");
    }

    private static void CheckDecimals(ref ByteReader reader, int decimals)
    {
        if (decimals is < 0 or > 6)
        {
            throw reader.Malformed($"{decimals} fractional digits");
        }
    }
}
