using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Strangler.WebApi.Json;

/// <summary>
/// Writes JSON byte for byte as PHP's <c>json_encode</c> does with default flags: <c>\/</c>, lower-case <c>\uXXXX</c> for all
/// that is not ASCII, floats as <see cref="PhpNumber"/>. It places commas; that starts and ends match is the caller's duty.
/// </summary>
public sealed class PhpJsonWriter(IBufferWriter<byte> output)
{
    private const byte NoEscape = 0;
    private const byte UnicodeEscape = (byte)'u';

    // For each ASCII character: nothing, the letter after the backslash, or 'u'.
    private static readonly byte[] Escapes = BuildEscapes();

    private bool _comma;

    public void StartObject() => Start((byte)'{');

    public void EndObject() => End((byte)'}');

    public void StartArray() => Start((byte)'[');

    public void EndArray() => End((byte)']');

    /// <summary>A key in UTF-8.</summary>
    public void Name(ReadOnlySpan<byte> name)
    {
        Comma();
        WriteQuoted(name);
        Write((byte)':');
        _comma = false;
    }

    /// <inheritdoc cref="Name(ReadOnlySpan{byte})"/>
    public void Name(string name)
    {
        Comma();
        WriteQuoted(name);
        Write((byte)':');
        _comma = false;
    }

    /// <summary>A string in UTF-8; the bytes must be valid.</summary>
    public void Text(ReadOnlySpan<byte> value)
    {
        Comma();
        WriteQuoted(value);
        _comma = true;
    }

    /// <summary>A string, or <c>null</c>.</summary>
    public void Text(string? value)
    {
        if (value is null)
        {
            Null();
            return;
        }

        Comma();
        WriteQuoted(value);
        _comma = true;
    }

    public void Number(long value)
    {
        Comma();
        Utf8Formatter.TryFormat(value, output.GetSpan(20), out var written);
        output.Advance(written);
        _comma = true;
    }

    public void Number(double value)
    {
        Comma();
        output.Advance(PhpNumber.Format(value, output.GetSpan(PhpNumber.MaxLength)));
        _comma = true;
    }

    public void Boolean(bool value) => Raw(value ? "true"u8 : "false"u8);

    public void Null() => Raw("null"u8);

    /// <summary>A value that is JSON already.</summary>
    public void Raw(ReadOnlySpan<byte> json)
    {
        Comma();
        output.Write(json);
        _comma = true;
    }

    private static byte[] BuildEscapes()
    {
        var escapes = new byte[128];
        escapes.AsSpan(0, 0x20).Fill(UnicodeEscape);
        escapes['\b'] = (byte)'b';
        escapes['\f'] = (byte)'f';
        escapes['\n'] = (byte)'n';
        escapes['\r'] = (byte)'r';
        escapes['\t'] = (byte)'t';
        escapes['"'] = (byte)'"';
        escapes['\\'] = (byte)'\\';
        escapes['/'] = (byte)'/';
        return escapes;
    }

    private void Start(byte bracket)
    {
        Comma();
        Write(bracket);
        _comma = false;
    }

    private void End(byte bracket)
    {
        Write(bracket);
        _comma = true;
    }

    private void Comma()
    {
        if (_comma)
        {
            Write((byte)',');
        }
    }

    private void Write(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private void WriteQuoted(ReadOnlySpan<char> value)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(value.Length));
        var length = Encoding.UTF8.GetBytes(value, bytes);
        WriteQuoted(bytes.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(bytes);
    }

    private void WriteQuoted(ReadOnlySpan<byte> value)
    {
        Write((byte)'"');
        while (!value.IsEmpty)
        {
            var plain = PlainLength(value);
            output.Write(value[..plain]);
            value = value[plain..];
            if (value.IsEmpty)
            {
                break;
            }

            value = value[WriteEscaped(value)..];
        }

        Write((byte)'"');
    }

    private static int PlainLength(ReadOnlySpan<byte> value)
    {
        var index = 0;
        while (index < value.Length && value[index] < 0x80 && Escapes[value[index]] == NoEscape)
        {
            index++;
        }

        return index;
    }

    private int WriteEscaped(ReadOnlySpan<byte> value)
    {
        if (value[0] >= 0x80)
        {
            return WriteRune(value);
        }

        var escape = Escapes[value[0]];
        if (escape == UnicodeEscape)
        {
            WriteUnicode(value[0]);
            return 1;
        }

        var span = output.GetSpan(2);
        span[0] = (byte)'\\';
        span[1] = escape;
        output.Advance(2);
        return 1;
    }

    private int WriteRune(ReadOnlySpan<byte> value)
    {
        if (Rune.DecodeFromUtf8(value, out var rune, out var consumed) != OperationStatus.Done)
        {
            throw new ArgumentException("The text is not valid UTF-8, which PHP refuses to encode too.", nameof(value));
        }

        Span<char> units = stackalloc char[2];
        foreach (var unit in units[..rune.EncodeToUtf16(units)])
        {
            WriteUnicode(unit);
        }

        return consumed;
    }

    private void WriteUnicode(int unit)
    {
        const string Hex = "0123456789abcdef";
        var span = output.GetSpan(6);
        span[0] = (byte)'\\';
        span[1] = (byte)'u';
        for (var index = 0; index < 4; index++)
        {
            span[2 + index] = (byte)Hex[(unit >> (12 - (4 * index))) & 15];
        }

        output.Advance(6);
    }
}
