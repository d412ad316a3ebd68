using System.Buffers;
using Strangler.Proxy.Flags;

namespace Strangler.Proxy.EdgeCache;

/// <summary>The two cookies that Magento's answers vary by, found without copying.</summary>
/// <param name="Vary">Value of <c>X-Magento-Vary</c>: customer group, currency and more, as Magento has hashed them.</param>
/// <param name="Store">Value of <c>store</c>: the store view that was chosen.</param>
internal readonly record struct MagentoCookies(ReadOnlyMemory<char> Vary, ReadOnlyMemory<char> Store)
{
    private const string Session = "PHPSESSID";
    private const string AdminSession = "admin";
    private const string VaryName = "X-Magento-Vary";
    private const string StoreName = "store";

    // PHP takes these for other characters in a cookie's name, or for an array.
    private static readonly SearchValues<char> Unusual = SearchValues.Create("%+[");

    /// <summary>False when the cookies authenticate a script's request, or could be read in two ways.</summary>
    public static bool TryRead(IHeaderDictionary headers, out MagentoCookies cookies)
    {
        cookies = default;
        var line = headers.Cookie;
        if (line.Count == 0)
        {
            return true;
        }

        return line.Count == 1 && line[0] is { } text && TryRead(text.AsMemory(), headers.XRequestedWith.Count > 0, out cookies);
    }

    public MagentoCookies Copy() => new(Vary.ToString().AsMemory(), Store.ToString().AsMemory());

    private static bool TryRead(ReadOnlyMemory<char> rest, bool isScript, out MagentoCookies cookies)
    {
        cookies = default;
        while (!rest.IsEmpty)
        {
            var end = rest.Span.IndexOf(';');
            var pair = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            pair = pair.TrimStart();
            var equals = pair.Span.IndexOf('=');
            var name = equals < 0 ? pair.Span : pair.Span[..equals];
            if (name.ContainsAny(Unusual) || name is AdminSession or OverrideToken.CookieName || (isScript && name is Session))
            {
                return false;
            }

            var value = equals < 0 ? default : pair[(equals + 1)..];
            if (name is VaryName)
            {
                if (!cookies.Vary.IsEmpty)
                {
                    return false;
                }

                cookies = cookies with { Vary = value };
            }
            else if (name is StoreName)
            {
                if (!cookies.Store.IsEmpty)
                {
                    return false;
                }

                cookies = cookies with { Store = value };
            }
        }

        return true;
    }
}
