using System.Globalization;
using System.Numerics;

namespace Strangler.CdcSync.Debezium.Values;

/// <summary>Decimals as Kafka Connect writes them, as the text that the server prints for a column of a scale.</summary>
internal static class DecimalText
{
    // 65 digits are the server's most.
    private const int MaximumBytes = 32;

    /// <summary>An unscaled big-endian two's complement number.</summary>
    public static string FromUnscaled(ReadOnlySpan<byte> bytes, int scale)
    {
        if (bytes.Length is 0 or > MaximumBytes)
        {
            throw new FormatException($"A decimal of {bytes.Length} bytes.");
        }

        if (bytes.Length <= 8)
        {
            long value = (sbyte)bytes[0];
            for (var i = 1; i < bytes.Length; i++)
            {
                value = (value << 8) | bytes[i];
            }

            if (value != long.MinValue)
            {
                return Place(Math.Abs(value).ToString(CultureInfo.InvariantCulture), value < 0, scale);
            }
        }

        var number = new BigInteger(bytes, isBigEndian: true);
        return Place(BigInteger.Abs(number).ToString(CultureInfo.InvariantCulture), number.Sign < 0, scale);
    }

    /// <summary>Decimal digits with a point or an exponent; the fraction is brought to the scale.</summary>
    public static string FromText(ReadOnlySpan<byte> text, int scale)
    {
        Span<char> digits = stackalloc char[text.Length <= 128 ? text.Length : throw new FormatException($"A decimal of {text.Length} characters.")];
        var (count, point, at) = (0, -1, 0);
        var negative = text.Length > 0 && text[0] == '-';
        for (at = negative ? 1 : 0; at < text.Length && text[at] is not ((byte)'e' or (byte)'E'); at++)
        {
            if (text[at] == '.' && point < 0)
            {
                point = count;
            }
            else if (text[at] is >= (byte)'0' and <= (byte)'9')
            {
                digits[count++] = (char)text[at];
            }
            else
            {
                throw new FormatException("Not a decimal number.");
            }
        }

        var exponent = 0;
        if (count == 0 || (at < text.Length && !int.TryParse(text[(at + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent)) || Math.Abs((long)exponent) > 200)
        {
            throw new FormatException("Not a decimal number.");
        }

        var fraction = (point < 0 ? 0 : count - point) - exponent;
        var unscaled = BigInteger.Parse(digits[..count], NumberStyles.None, CultureInfo.InvariantCulture);
        if (fraction < scale)
        {
            unscaled *= BigInteger.Pow(10, scale - fraction);
        }
        else if (fraction > scale)
        {
            var divisor = BigInteger.Pow(10, fraction - scale);
            unscaled = (unscaled + (divisor / 2)) / divisor;
        }

        return Place(unscaled.ToString(CultureInfo.InvariantCulture), negative && !unscaled.IsZero, scale);
    }

    /// <summary>The number, or the largest of its sign that a column's precision holds.</summary>
    public static string Within(string text, int precision, int scale)
    {
        var sign = text[0] == '-' ? 1 : 0;
        var integral = (text.IndexOf('.', StringComparison.Ordinal) is var point and >= 0 ? point : text.Length) - sign;
        return integral <= Math.Max(precision - scale, 1)
            ? text
            : $"{text[..sign]}{new string('9', Math.Max(precision - scale, 1))}{(scale > 0 ? "." + new string('9', scale) : "")}";
    }

    private static string Place(string digits, bool negative, int scale)
    {
        if (scale is < 0 or > 60)
        {
            throw new FormatException($"A decimal with the scale {scale}.");
        }

        digits = digits.PadLeft(scale + 1, '0');
        var sign = negative ? "-" : "";
        return scale == 0 ? sign + digits : $"{sign}{digits.AsSpan(0, digits.Length - scale)}.{digits.AsSpan(digits.Length - scale)}";
    }
}
