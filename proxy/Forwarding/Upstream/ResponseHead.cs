using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Strangler.Proxy.Forwarding.Upstream;

/// <summary>A parsed status line with its fields, and what they say about the body and the connection.</summary>
internal sealed class ResponseHead
{
    private static readonly ResponseHead Nothing = new();

    public int Status { get; private set; }

    public string Reason { get; private set; } = "";

    public UpstreamField[] Fields { get; private set; } = [];

    public int FieldCount { get; private set; }

    public long? ContentLength { get; private set; }

    public bool IsChunked { get; private set; }

    /// <summary>Whether the upstream keeps the connection open after this response.</summary>
    public bool KeepsAlive { get; private set; }

    /// <summary>The seconds after which the upstream says it closes the idle connection.</summary>
    public int? KeepAliveSeconds { get; private set; }

    public ReadOnlySpan<UpstreamField> Span => Fields.AsSpan(0, FieldCount);

    public bool IsInterim => Status is >= 100 and < 200 and not 101;

    /// <summary>
    /// The number of bytes of a complete head at the start of <paramref name="bytes"/>, 0 when its end has not come yet.
    /// <paramref name="from"/> says how far it was searched before.
    /// </summary>
    public static int FindEnd(ReadOnlySpan<byte> bytes, int from)
    {
        var at = Math.Max(0, from - 3);
        while (true)
        {
            var newline = bytes[at..].IndexOf((byte)'\n');
            if (newline < 0)
            {
                return 0;
            }

            at += newline + 1;
            if (at < bytes.Length && bytes[at] == '\n')
            {
                return at + 1;
            }

            if (at + 1 < bytes.Length && bytes[at] == '\r' && bytes[at + 1] == '\n')
            {
                return at + 2;
            }
        }
    }

    /// <summary>Parses a complete head; <paramref name="previous"/> is the last one of the connection, for its strings.</summary>
    public static ResponseHead Parse(ReadOnlySpan<byte> bytes, ResponseHead? previous)
    {
        previous ??= Nothing;
        var head = new ResponseHead { Fields = new UpstreamField[Math.Max(8, previous.FieldCount)] };
        head.ParseStatusLine(NextLine(ref bytes), previous);
        while (true)
        {
            var line = NextLine(ref bytes);
            if (line.IsEmpty)
            {
                return head;
            }

            head.Add(line, previous);
        }
    }

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)'\n');
        var line = bytes[..end];
        bytes = bytes[(end + 1)..];
        return line.EndsWith("\r"u8) ? line[..^1] : line;
    }

    private void ParseStatusLine(ReadOnlySpan<byte> line, ResponseHead previous)
    {
        if (!line.StartsWith("HTTP/1."u8) || line.Length < 12 || line[8] != ' '
            || !Utf8Parser.TryParse(line.Slice(9, 3), out int status, out var digits) || digits != 3 || status < 100
            || (line.Length > 12 && line[12] != ' '))
        {
            throw new UpstreamProtocolException("The upstream sent no HTTP/1.x status line.");
        }

        Status = status;
        KeepsAlive = line[7] != '0';
        var reason = line.Length > 13 ? line[13..] : default;
        Reason = FieldParser.Value(reason, previous.Status == status ? previous.Reason : ReasonPhrases.GetReasonPhrase(status));
    }

    private void Add(ReadOnlySpan<byte> line, ResponseHead previous)
    {
        if (line[0] is (byte)' ' or (byte)'\t')
        {
            Unfold(line);
            return;
        }

        if (FieldCount == Fields.Length)
        {
            var longer = new UpstreamField[Fields.Length * 2];
            Fields.CopyTo(longer, 0);
            Fields = longer;
        }

        var field = FieldParser.Parse(line, FieldCount < previous.FieldCount ? previous.Fields[FieldCount] : default);
        Fields[FieldCount++] = field;
        Interpret(field);
    }

    // The obsolete folding of long values: a proxy replaces it by a space (RFC 9112, 5.2).
    private void Unfold(ReadOnlySpan<byte> line)
    {
        if (FieldCount == 0)
        {
            throw new UpstreamProtocolException("The upstream sent a malformed response field.");
        }

        var last = Fields[FieldCount - 1];
        Fields[FieldCount - 1] = last with { Value = $"{last.Value} {Encoding.Latin1.GetString(line.Trim(" \t"u8))}" };
    }

    private void Interpret(UpstreamField field)
    {
        switch (field.Name.Length)
        {
            case 14 when Is(field.Name, "Content-Length"):
                SetLength(field.Value);
                break;
            case 17 when Is(field.Name, "Transfer-Encoding"):
                IsChunked = Is(field.Value, "chunked") || (Is(field.Value, "identity")
                    ? IsChunked
                    : throw new UpstreamProtocolException($"The upstream used the transfer coding '{field.Value}'."));
                break;
            case 10 when Is(field.Name, "Connection"):
                KeepsAlive = !field.Value.Contains("close", StringComparison.OrdinalIgnoreCase)
                    && (KeepsAlive || field.Value.Contains("keep-alive", StringComparison.OrdinalIgnoreCase));
                break;
            case 10 when Is(field.Name, "Keep-Alive"):
                SetKeepAlive(field.Value);
                break;
        }
    }

    private void SetLength(string value)
    {
        if (!long.TryParse(value, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var length)
            || (ContentLength is { } other && other != length))
        {
            throw new UpstreamProtocolException($"The upstream sent the content length '{value}'.");
        }

        ContentLength = length;
    }

    private void SetKeepAlive(string value)
    {
        var at = value.IndexOf("timeout=", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return;
        }

        var digits = value.AsSpan(at + 8);
        var end = digits.IndexOfAnyExceptInRange('0', '9');
        if (int.TryParse(end < 0 ? digits : digits[..end], out var seconds))
        {
            KeepAliveSeconds = seconds;
        }
    }

    private static bool Is(string value, string expected) => string.Equals(value, expected, StringComparison.OrdinalIgnoreCase);
}
