using System.Globalization;
using System.Text;

namespace Strangler.WebApi.Json;

/// <summary>
/// The text PHP gives a float with <c>serialize_precision=14</c>, which is what Magento sets: at most 14 significant digits,
/// no fraction for whole numbers, an exponent below 1e-4 and from 1e14 on.
/// </summary>
public static class PhpNumber
{
    /// <summary>No float takes more bytes than this.</summary>
    public const int MaxLength = 32;

    private const int Precision = 14;

    /// <summary>The text of a float.</summary>
    public static string ToText(double value)
    {
        Span<byte> text = stackalloc byte[MaxLength];
        return Encoding.ASCII.GetString(text[..Format(value, text)]);
    }

    /// <summary>Writes the text and returns its length; <paramref name="destination"/> holds at least <see cref="MaxLength"/> bytes.</summary>
    public static int Format(double value, Span<byte> destination)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "JSON has no such number.");
        }

        if (value == 0)
        {
            (double.IsNegative(value) ? "-0"u8 : "0"u8).CopyTo(destination);
            return double.IsNegative(value) ? 2 : 1;
        }

        Span<byte> scientific = stackalloc byte[MaxLength];
        value.TryFormat(scientific, out var length, "E13", CultureInfo.InvariantCulture);
        return Layout(scientific[..length], destination);
    }

    // Input is [-]d.ddddddddddddde+XXX with 14 digits; they move around the decimal point as PHP does it.
    private static int Layout(ReadOnlySpan<byte> scientific, Span<byte> destination)
    {
        var negative = scientific[0] == '-';
        var unsigned = negative ? scientific[1..] : scientific;
        var split = unsigned.IndexOf((byte)'E');
        Span<byte> digits = stackalloc byte[Precision];
        digits[0] = unsigned[0];
        unsigned[2..split].CopyTo(digits[1..]);
        var exponent = int.Parse(unsigned[(split + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var significant = digits[..(digits.LastIndexOfAnyExcept((byte)'0') + 1)];

        var output = new SpanAppender(destination);
        if (negative)
        {
            output.Append((byte)'-');
        }

        if (exponent is < -4 or >= Precision)
        {
            AppendExponential(ref output, significant, exponent);
        }
        else
        {
            AppendPlain(ref output, significant, exponent);
        }

        return output.Length;
    }

    private static void AppendPlain(ref SpanAppender output, scoped ReadOnlySpan<byte> digits, int exponent)
    {
        if (exponent < 0)
        {
            output.Append("0."u8);
            output.Fill((byte)'0', -exponent - 1);
            output.Append(digits);
            return;
        }

        var whole = exponent + 1;
        if (digits.Length <= whole)
        {
            output.Append(digits);
            output.Fill((byte)'0', whole - digits.Length);
            return;
        }

        output.Append(digits[..whole]);
        output.Append((byte)'.');
        output.Append(digits[whole..]);
    }

    private static void AppendExponential(ref SpanAppender output, scoped ReadOnlySpan<byte> digits, int exponent)
    {
        output.Append(digits[0]);
        output.Append((byte)'.');
        output.Append(digits.Length > 1 ? digits[1..] : "0"u8);
        output.Append(exponent < 0 ? "e-"u8 : "e+"u8);
        output.AppendNumber(Math.Abs(exponent));
    }

    private ref struct SpanAppender(Span<byte> destination)
    {
        private readonly Span<byte> _destination = destination;

        public int Length { get; private set; }

        public void Append(byte value) => _destination[Length++] = value;

        public void Append(scoped ReadOnlySpan<byte> value)
        {
            value.CopyTo(_destination[Length..]);
            Length += value.Length;
        }

        public void Fill(byte value, int count)
        {
            _destination.Slice(Length, count).Fill(value);
            Length += count;
        }

        public void AppendNumber(int value)
        {
            value.TryFormat(_destination[Length..], out var written, default, CultureInfo.InvariantCulture);
            Length += written;
        }
    }
}
