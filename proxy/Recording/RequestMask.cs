using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Strangler.Proxy.Parity;

namespace Strangler.Proxy.Recording;

/// <summary>What of a request may be written down.</summary>
internal sealed partial class RequestMask(IEnumerable<string> furtherFields)
{
    // Those that a store's answers depend on.
    private static readonly string[] UsualFields =
    [
        "Host", "Accept", "Accept-Language", "Accept-Encoding", "Authorization", "Content-Type", "Cookie", "Store", "Content-Currency", "User-Agent", "X-Requested-With",
    ];

    // Which page a visitor gets, and nothing about who they are.
    private static readonly FrozenSet<string> OpenCookies = new[] { "X-Magento-Vary", "store", "currency" }.ToFrozenSet(StringComparer.Ordinal);

    private readonly FrozenSet<string> _fields = UsualFields.Concat(furtherFields).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static string Target(string target)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target : target[..query];
        // A guest's cart and the like are reached by whoever knows a long random word in the path.
        return Masking.Target(RandomWord().Replace(path, match => match.ValueSpan.ContainsAnyInRange('0', '9') ? Masking.Mask : match.Value) + (query < 0 ? "" : target[query..]));
    }

    public IEnumerable<(string Name, string Value)> Fields(IHeaderDictionary headers)
    {
        foreach (var (name, values) in headers)
        {
            if (_fields.Contains(name))
            {
                yield return (name, Field(name, values.ToString()));
            }
        }
    }

    private static string Field(string name, string value)
    {
        if (name.Equals("Authorization", StringComparison.OrdinalIgnoreCase))
        {
            var scheme = value.IndexOf(' ', StringComparison.Ordinal);
            return scheme < 0 ? Masking.Mask : $"{value[..scheme]} {Masking.Mask}";
        }

        return name.Equals("Cookie", StringComparison.OrdinalIgnoreCase) ? string.Join("; ", value.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Cookie)) : Masking.Text(value);
    }

    private static string Cookie(string pair)
    {
        var end = pair.IndexOf('=', StringComparison.Ordinal);
        return end > 0 && OpenCookies.Contains(pair[..end]) ? pair : $"{(end > 0 ? pair[..end] : "")}={Masking.Mask}";
    }

    [GeneratedRegex("(?<=/)[A-Za-z0-9_-]{32,}(?=/|$)", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex RandomWord();
}
