using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Strangler.CdcSync.Relay.Encoding;

/// <summary>
/// MySQL prints JSON with a blank after each comma and colon, Debezium without; and a double that Java would print with an exponent it
/// prints with all its digits.
/// </summary>
internal static class CompactJson
{
    private const double FirstWithExponent = 1e7;
    private const double FirstWithoutExponent = 1e-3;
    private const int MantissaBits = 52;

    public static string Of(string printed)
    {
        var reader = new Utf8JsonReader(System.Text.Encoding.UTF8.GetBytes(printed), new JsonReaderOptions { MaxDepth = 256 });
        var buffer = new ArrayBufferWriter<byte>(printed.Length);
        var needsComma = false;
        while (reader.Read())
        {
            if (needsComma && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
            {
                buffer.Write(","u8);
            }

            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    buffer.Write(reader.ValueSpan);
                    needsComma = false;
                    break;
                case JsonTokenType.PropertyName:
                    Quote(buffer, reader.ValueSpan);
                    buffer.Write(":"u8);
                    needsComma = false;
                    break;
                case JsonTokenType.String:
                    Quote(buffer, reader.ValueSpan);
                    needsComma = true;
                    break;
                case JsonTokenType.Number when ExactDigits(reader.ValueSpan) is { } digits:
                    buffer.Write(System.Text.Encoding.ASCII.GetBytes(digits));
                    needsComma = true;
                    break;
                default:
                    buffer.Write(reader.ValueSpan);
                    needsComma = true;
                    break;
            }
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Quote(ArrayBufferWriter<byte> buffer, ReadOnlySpan<byte> escaped)
    {
        buffer.Write("\""u8);
        buffer.Write(escaped);
        buffer.Write("\""u8);
    }

    private static string? ExactDigits(ReadOnlySpan<byte> token)
    {
        if (token.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0 || !Utf8Parser.TryParse(token, out double value, out _)
            || value == 0 || (Math.Abs(value) >= FirstWithoutExponent && Math.Abs(value) < FirstWithExponent))
        {
            return null;
        }

        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)(bits >> MantissaBits & 0x7FF);
        var mantissa = (bits & ((1L << MantissaBits) - 1)) | (exponent == 0 ? 0 : 1L << MantissaBits);
        var power = Math.Max(exponent, 1) - 1075;
        var sign = value < 0 ? "-" : "";
        if (power >= 0)
        {
            return sign + (new BigInteger(mantissa) << power).ToString(CultureInfo.InvariantCulture);
        }

        // m / 2^n is m * 5^n with n digits after the point.
        var digits = (mantissa * BigInteger.Pow(5, -power)).ToString(CultureInfo.InvariantCulture).PadLeft(1 - power, '0');
        var fraction = digits[^(-power)..].TrimEnd('0');
        return sign + digits[..^(-power)] + (fraction.Length == 0 ? "" : "." + fraction);
    }
}
