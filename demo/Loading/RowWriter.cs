using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Strangler.Demo.Loading;

/// <summary>Writes rows in the text form of LOAD DATA: tab between fields, backslash escapes, <c>\N</c> for NULL. One writer a stream, not thread safe.</summary>
internal sealed class RowWriter(IBufferWriter<byte> output)
{
    private static readonly SearchValues<char> Special = SearchValues.Create("\t\n\\\0");

    private bool _first = true;

    public long Rows { get; private set; }

    public RowWriter Int(long value)
    {
        Separate();
        var span = output.GetSpan(20);
        Utf8Formatter.TryFormat(value, span, out var written);
        output.Advance(written);
        return this;
    }

    public RowWriter Int(int value) => Int((long)value);

    public RowWriter Int(int? value) => value is { } number ? Int((long)number) : Null();

    public RowWriter Bool(bool value) => Int(value ? 1L : 0L);

    public RowWriter Decimal(decimal? value)
    {
        if (value is not { } number)
        {
            return Null();
        }

        Separate();
        var span = output.GetSpan(40);
        number.TryFormat(span, out var written, "0.######", CultureInfo.InvariantCulture);
        output.Advance(written);
        return this;
    }

    public RowWriter Text(string? value)
    {
        if (value is null)
        {
            return Null();
        }

        Separate();
        if (value.AsSpan().ContainsAny(Special))
        {
            value = value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\0", "\\0", StringComparison.Ordinal);
        }

        Encoding.UTF8.GetBytes(value, output);
        return this;
    }

    public RowWriter Time(DateTime value)
    {
        Separate();
        var span = output.GetSpan(19);
        value.TryFormat(span, out var written, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        output.Advance(written);
        return this;
    }

    public RowWriter Null()
    {
        Separate();
        output.Write("\\N"u8);
        return this;
    }

    /// <summary>One field of whatever kind a table of fixed rows holds.</summary>
    public RowWriter Value(object? value) => value switch
    {
        null => Null(),
        string text => Text(text),
        bool flag => Bool(flag),
        int number => Int((long)number),
        long number => Int(number),
        decimal number => Decimal(number),
        DateTime time => Time(time),
        _ => throw new ArgumentException($"No column is written from a {value.GetType().Name}.", nameof(value)),
    };

    public void EndRow()
    {
        output.Write("\n"u8);
        _first = true;
        Rows++;
    }

    private void Separate()
    {
        if (!_first)
        {
            output.Write("\t"u8);
        }

        _first = false;
    }
}
