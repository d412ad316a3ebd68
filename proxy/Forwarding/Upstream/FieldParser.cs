using System.Buffers;
using System.Text;
using Microsoft.Net.Http.Headers;

namespace Strangler.Proxy.Forwarding.Upstream;

/// <summary>Reads field lines. Strings of the previous response on the same connection are used again where the bytes are equal.</summary>
internal static class FieldParser
{
    private static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly string[][] KnownNames = IndexByLength(
        HeaderNames.Server, HeaderNames.Date, HeaderNames.ContentType, HeaderNames.ContentLength, HeaderNames.Connection,
        HeaderNames.TransferEncoding, HeaderNames.Vary, HeaderNames.SetCookie, HeaderNames.Pragma, HeaderNames.CacheControl,
        HeaderNames.Expires, HeaderNames.ETag, HeaderNames.LastModified, HeaderNames.AcceptRanges, HeaderNames.Location,
        HeaderNames.ContentEncoding, HeaderNames.KeepAlive, "X-Frame-Options", "X-Content-Type-Options", "X-XSS-Protection",
        "X-Magento-Tags", "X-Magento-Cache-Id", "Content-Security-Policy", "Content-Security-Policy-Report-Only");

    /// <summary>Splits one line without its end.</summary>
    public static UpstreamField Parse(ReadOnlySpan<byte> line, UpstreamField previous)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].ContainsAnyExcept(TokenBytes))
        {
            throw new UpstreamProtocolException("The upstream sent a malformed response field.");
        }

        return new UpstreamField(Name(line[..colon], previous.Name), Value(line[(colon + 1)..].Trim(" \t"u8), previous.Value));
    }

    /// <summary>The text of bytes, taken from <paramref name="candidate"/> when that is the same.</summary>
    public static string Value(ReadOnlySpan<byte> bytes, string? candidate) =>
        candidate is not null && Ascii.Equals(bytes, candidate) ? candidate : Encoding.Latin1.GetString(bytes);

    private static string Name(ReadOnlySpan<byte> bytes, string? candidate)
    {
        if (candidate is not null && Ascii.Equals(bytes, candidate))
        {
            return candidate;
        }

        if (bytes.Length < KnownNames.Length)
        {
            foreach (var known in KnownNames[bytes.Length])
            {
                if (Ascii.Equals(bytes, known))
                {
                    return known;
                }
            }
        }

        return Encoding.Latin1.GetString(bytes);
    }

    private static string[][] IndexByLength(params string[] names) =>
        [.. Enumerable.Range(0, names.Max(name => name.Length) + 1).Select(length => names.Where(name => name.Length == length).ToArray())];
}
