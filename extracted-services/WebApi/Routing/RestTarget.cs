using System.Text;

namespace Strangler.WebApi.Routing;

/// <summary>
/// A request target read as Magento's REST front controller reads it: on the bytes as sent, with optional <c>index.php</c>, slashes
/// between <c>rest</c> and the store code forgiven, and a segment decoded once, after the split.
/// </summary>
public sealed class RestTarget
{
    private const string AllStores = "all";

    private RestTarget(string? storeCode, bool isAllStores, string path, string query)
    {
        StoreCode = storeCode;
        IsAllStores = isAllStores;
        Segments = path.Trim('/').Split('/');
        IsSynchronous = path.Length > 2 && path[1] == 'V' && char.IsAsciiDigit(path[2]);
        IsOtherProcessor = path.StartsWith("/async/", StringComparison.Ordinal) || path.StartsWith("/schema", StringComparison.Ordinal);
        Query = query;
    }

    /// <summary>The store view's code in the path; null when there is none or it is <c>all</c>.</summary>
    public string? StoreCode { get; }

    /// <summary>The path names <c>all</c>: the admin scope.</summary>
    public bool IsAllStores { get; }

    /// <summary>What follows, from <c>V1</c> on, still percent-encoded.</summary>
    public IReadOnlyList<string> Segments { get; }

    /// <summary>A <c>/V1</c> route. Anything else that is not <see cref="IsOtherProcessor"/> is a 400.</summary>
    public bool IsSynchronous { get; }

    /// <summary>Asynchronous, bulk and schema requests, which other code in Magento answers.</summary>
    public bool IsOtherProcessor { get; }

    /// <summary>The query without its question mark.</summary>
    public string Query { get; }

    /// <summary>Null when the target is not below <c>/rest</c> or its form leaves doubt about what Magento would make of it.</summary>
    public static RestTarget? Parse(string rawTarget, Func<string, bool> isStoreCode)
    {
        var (path, query) = Split(rawTarget);
        if (path is null || path.StartsWith("//", StringComparison.Ordinal))
        {
            return null;
        }

        const string IndexPhp = "/index.php";
        if (path.StartsWith(IndexPhp + "/", StringComparison.Ordinal))
        {
            path = path[IndexPhp.Length..];
        }

        var trimmed = path.Trim('/');
        if (trimmed != "rest" && !trimmed.StartsWith("rest/", StringComparison.Ordinal))
        {
            return null;
        }

        var rest = trimmed["rest".Length..].TrimStart('/');
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? rest : rest[..slash];
        var tail = slash < 0 ? "/" : rest[slash..];
        if (isStoreCode(first))
        {
            return new RestTarget(first, false, tail, query);
        }

        return first == AllStores ? new RestTarget(null, true, tail, query) : new RestTarget(null, false, "/" + rest, query);
    }

    /// <summary>Decodes a segment once; null when PHP and other readers may differ on it (a plus, broken escapes, NUL, broken UTF-8).</summary>
    public static string? DecodeSegment(string segment)
    {
        if (segment.Contains('+', StringComparison.Ordinal))
        {
            return null;
        }

        if (!segment.Contains('%', StringComparison.Ordinal) && segment.All(char.IsAscii))
        {
            return segment;
        }

        var bytes = new byte[segment.Length];
        var length = 0;
        for (var index = 0; index < segment.Length; index++)
        {
            if (segment[index] != '%')
            {
                if (!char.IsAscii(segment[index]))
                {
                    return null;
                }

                bytes[length++] = (byte)segment[index];
                continue;
            }

            if (index + 2 >= segment.Length || !char.IsAsciiHexDigit(segment[index + 1]) || !char.IsAsciiHexDigit(segment[index + 2]))
            {
                return null;
            }

            bytes[length++] = Convert.FromHexString(segment.AsSpan(index + 1, 2))[0];
            index += 2;
        }

        var decoded = bytes.AsSpan(0, length);
        return decoded.Contains((byte)0) || !System.Text.Unicode.Utf8.IsValid(decoded) ? null : Encoding.UTF8.GetString(decoded);
    }

    private static (string? Path, string Query) Split(string rawTarget)
    {
        var target = rawTarget;
        if (!target.StartsWith('/'))
        {
            var authority = target.IndexOf("://", StringComparison.Ordinal);
            var pathStart = authority < 0 ? -1 : target.IndexOf('/', authority + 3);
            if (pathStart < 0)
            {
                return (null, "");
            }

            target = target[pathStart..];
        }

        var question = target.IndexOf('?', StringComparison.Ordinal);
        return question < 0 ? (target, "") : (target[..question], target[(question + 1)..]);
    }
}
