using System.Buffers;

namespace Strangler.Proxy.EdgeCache.Pages.Esi;

/// <summary>Where a fragment is. It is always asked of Magento; the scheme is the page's, whatever was written.</summary>
/// <param name="Host">The Host field to ask with; null for the page's own.</param>
/// <param name="Target">The target to ask for.</param>
internal sealed record EsiSource(string? Host, string Target)
{
    private static readonly SearchValues<char> TargetCharacters = SearchValues.Create([.. Enumerable.Range(33, 94).Select(c => (char)c)]);
    private static readonly SearchValues<char> HostCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]_");

    /// <summary>Reads <c>http://host/path</c>, <c>https://host/path</c> or <c>/path</c>; null for anything else.</summary>
    public static EsiSource? Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var plain = Unescape(text);
        if (plain.AsSpan().ContainsAnyExcept(TargetCharacters))
        {
            return null;
        }

        if (plain[0] == '/' && !plain.StartsWith("//", StringComparison.Ordinal))
        {
            return new EsiSource(null, plain);
        }

        var authority = plain.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7 : plain.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8 : 0;
        var slash = authority == 0 ? -1 : plain.IndexOf('/', authority);
        return slash <= authority || plain.AsSpan(authority, slash - authority).ContainsAnyExcept(HostCharacters) ? null : new EsiSource(plain[authority..slash], plain[slash..]);
    }

    // An attribute of XML; the ampersand last, or it would make new ones.
    private static string Unescape(string text) => !text.Contains('&', StringComparison.Ordinal) ? text : text
        .Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&quot;", "\"", StringComparison.Ordinal)
        .Replace("&apos;", "'", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal);
}
