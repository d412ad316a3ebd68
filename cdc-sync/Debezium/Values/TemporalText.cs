using System.Globalization;
using System.Text;

namespace Strangler.CdcSync.Debezium.Values;

/// <summary>Moments as Debezium writes them, as the text that the server prints: days, counts of units since 1970, ISO strings.</summary>
internal static class TemporalText
{
    private const long MicrosecondsPerDay = 86_400_000_000;
    private const long FirstDay = -719_528;
    private const long LastDay = 2_932_896;
    private const long LongestTime = (838 * 3600L + 59 * 60 + 59) * 1_000_000 + 999_999;

    public static string Date(long days)
    {
        if (days is < FirstDay or > LastDay)
        {
            throw new FormatException($"{days} days from 1970 are no date of the server.");
        }

        var (year, month, day) = Civil(days);
        return string.Create(CultureInfo.InvariantCulture, $"{year:0000}-{month:00}-{day:00}");
    }

    /// <summary>A DATETIME by microseconds since 1970, with the column's number of fractional digits.</summary>
    public static string DateTime(long microseconds, int decimals)
    {
        var days = Math.DivRem(microseconds, MicrosecondsPerDay, out var rest);
        if (rest < 0)
        {
            days--;
            rest += MicrosecondsPerDay;
        }

        return $"{Date(days)} {Clock(rest, decimals)}";
    }

    /// <summary>A TIMESTAMP: the moment zero is the server's zero date, which has no other form.</summary>
    public static string Timestamp(long microseconds, int decimals) => microseconds == 0 ? ZeroDateTime(decimals) : DateTime(microseconds, decimals);

    public static string ZeroDateTime(int decimals) => "0000-00-00 00:00:00" + Fraction(0, decimals);

    public static string Time(long microseconds, int decimals)
    {
        if (microseconds is < -LongestTime or > LongestTime)
        {
            throw new FormatException($"{microseconds} microseconds are no TIME of the server.");
        }

        return (microseconds < 0 ? "-" : "") + Clock(Math.Abs(microseconds), decimals);
    }

    /// <summary>Microseconds since 1970 of <c>2026-11-22T12:34:56.789Z</c>; the offset may be any, and may be missing.</summary>
    public static long ParseDateTime(ReadOnlySpan<byte> text)
    {
        var at = 0;
        var sign = Sign(text, ref at);
        var days = Days(sign * Digits(text, ref at), At(text, ref at, '-'), At(text, ref at, '-'));
        Expect(text, ref at, 'T');
        var time = ParseClock(text, ref at);
        return (days * MicrosecondsPerDay) + time - ParseOffset(text, ref at);
    }

    /// <summary>Microseconds of <c>12:34:56.789Z</c>.</summary>
    public static long ParseTime(ReadOnlySpan<byte> text)
    {
        var at = 0;
        var time = ParseClock(text, ref at);
        ParseOffset(text, ref at);
        return time;
    }

    /// <summary>Days from 1970 of <c>2026-11-22Z</c>.</summary>
    public static long ParseDate(ReadOnlySpan<byte> text)
    {
        var at = 0;
        var sign = Sign(text, ref at);
        var days = Days(sign * Digits(text, ref at), At(text, ref at, '-'), At(text, ref at, '-'));
        ParseOffset(text, ref at);
        return days;
    }

    public static string Fraction(long microseconds, int decimals) => decimals <= 0
        ? ""
        : string.Concat(".", microseconds.ToString("000000", CultureInfo.InvariantCulture).AsSpan(0, Math.Min(decimals, 6)));

    private static string Clock(long microseconds, int decimals)
    {
        var seconds = microseconds / 1_000_000;
        return string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}{Fraction(microseconds % 1_000_000, decimals)}");
    }

    // Days to the calendar that the server counts in, before year one as well. http://howardhinnant.github.io/date_algorithms.html
    private static (long Year, long Month, long Day) Civil(long days)
    {
        days += 719_468;
        var era = (days >= 0 ? days : days - 146_096) / 146_097;
        var dayOfEra = days - (era * 146_097);
        var yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var shifted = ((5 * dayOfYear) + 2) / 153;
        var month = shifted < 10 ? shifted + 3 : shifted - 9;
        return (yearOfEra + (era * 400) + (month <= 2 ? 1 : 0), month, dayOfYear - (((153 * shifted) + 2) / 5) + 1);
    }

    private static long Days(long year, long month, long day)
    {
        if (year is < 0 or > 9999 || month is < 1 or > 12 || day is < 1 or > 31)
        {
            throw new FormatException($"{year}-{month}-{day} is no date of the server.");
        }

        year -= month <= 2 ? 1 : 0;
        var era = (year >= 0 ? year : year - 399) / 400;
        var yearOfEra = year - (era * 400);
        var dayOfYear = (((153 * (month > 2 ? month - 3 : month + 9)) + 2) / 5) + day - 1;
        return (era * 146_097) + (yearOfEra * 365) + (yearOfEra / 4) - (yearOfEra / 100) + dayOfYear - 719_468;
    }

    private static long ParseClock(ReadOnlySpan<byte> text, ref int at)
    {
        var (hour, minute) = (Digits(text, ref at), At(text, ref at, ':'));
        var second = at < text.Length && text[at] == ':' ? At(text, ref at, ':') : 0;
        var microseconds = 0L;
        if (at < text.Length && text[at] == '.')
        {
            at++;
            var scale = 100_000L;
            while (at < text.Length && text[at] is >= (byte)'0' and <= (byte)'9')
            {
                microseconds += (text[at++] - '0') * scale;
                scale /= 10;
            }
        }

        return (((((hour * 60) + minute) * 60) + second) * 1_000_000) + microseconds;
    }

    private static long ParseOffset(ReadOnlySpan<byte> text, ref int at)
    {
        if (at < text.Length && text[at] == 'Z')
        {
            at++;
        }
        else if (at < text.Length && text[at] is (byte)'+' or (byte)'-')
        {
            var sign = text[at++] == '-' ? -1 : 1;
            var hours = Digits(text, ref at);
            return sign * ((hours * 60) + (at < text.Length ? At(text, ref at, ':') : 0)) * 60_000_000;
        }

        return at == text.Length ? 0 : throw Malformed(text);
    }

    private static int Sign(ReadOnlySpan<byte> text, ref int at)
    {
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+')
        {
            at++;
            return text[0] == '-' ? -1 : 1;
        }

        return 1;
    }

    private static long At(ReadOnlySpan<byte> text, ref int at, char separator)
    {
        Expect(text, ref at, separator);
        return Digits(text, ref at);
    }

    private static void Expect(ReadOnlySpan<byte> text, ref int at, char separator)
    {
        if (at >= text.Length || text[at++] != separator)
        {
            throw Malformed(text);
        }
    }

    private static long Digits(ReadOnlySpan<byte> text, ref int at)
    {
        var (start, value) = (at, 0L);
        while (at < text.Length && at - start < 9 && text[at] is >= (byte)'0' and <= (byte)'9')
        {
            value = (value * 10) + text[at++] - '0';
        }

        return at > start ? value : throw Malformed(text);
    }

    private static FormatException Malformed(ReadOnlySpan<byte> text) => new($"'{Encoding.UTF8.GetString(text[..Math.Min(text.Length, 40)])}' is no moment in ISO form.");
}
