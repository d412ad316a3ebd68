using System.Globalization;
using System.Text;

namespace Strangler.CdcSync.Binlog.Values;

/// <summary>DECIMAL as the server packs it: nine digits in four big-endian bytes, the sign in the first bit, negatives inverted.</summary>
internal static class DecimalValue
{
    private const int DigitsPerWord = 9;

    private static readonly int[] BytesPerDigits = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4];

    public static string Read(ref ByteReader reader, int precision, int scale)
    {
        var integral = precision - scale;
        if (integral < 0 || precision == 0)
        {
            throw reader.Malformed($"DECIMAL({precision},{scale})");
        }

        var length = Length(integral) + Length(scale);
        Span<byte> bytes = stackalloc byte[length];
        reader.Take(length).CopyTo(bytes);
        var negative = (bytes[0] & 0x80) == 0;
        bytes[0] ^= 0x80;
        if (negative)
        {
            foreach (ref var part in bytes)
            {
                part = (byte)~part;
            }
        }

        var words = new ByteReader(bytes);
        var text = new StringBuilder(precision + 3);
        AppendDigits(ref words, text, integral % DigitsPerWord);
        AppendWords(ref words, text, integral / DigitsPerWord);
        var leading = 0;
        while (leading < text.Length - 1 && text[leading] == '0')
        {
            leading++;
        }

        text.Remove(0, leading);
        if (text.Length == 0)
        {
            text.Append('0');
        }

        if (scale > 0)
        {
            text.Append('.');
            AppendWords(ref words, text, scale / DigitsPerWord);
            AppendDigits(ref words, text, scale % DigitsPerWord);
        }

        return (negative ? "-" : "") + text;
    }

    /// <summary>The bytes that a value takes; less than none for an impossible type.</summary>
    public static int Length(int precision, int scale) => precision < scale ? -1 : Length(precision - scale) + Length(scale);

    private static int Length(int digits) => digits / DigitsPerWord * sizeof(int) + BytesPerDigits[digits % DigitsPerWord];

    private static void AppendWords(ref ByteReader reader, StringBuilder text, int words)
    {
        for (; words > 0; words--)
        {
            Append(ref reader, text, DigitsPerWord);
        }
    }

    private static void AppendDigits(ref ByteReader reader, StringBuilder text, int digits)
    {
        if (digits > 0)
        {
            Append(ref reader, text, digits);
        }
    }

    private static void Append(ref ByteReader reader, StringBuilder text, int digits)
    {
        var part = reader.ReadBigEndian(BytesPerDigits[digits]).ToString(CultureInfo.InvariantCulture);
        if (part.Length > digits)
        {
            throw reader.Malformed($"{part} where {digits} decimal digits belong");
        }

        text.Append('0', digits - part.Length).Append(part);
    }
}
