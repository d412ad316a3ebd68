using System.Globalization;
using Strangler.Proxy.EdgeCache.Changes;
using Strangler.Proxy.Parity;

namespace Strangler.Proxy.EdgeCache.Pages;

/// <summary>Which of Magento's answers may be kept, for how long, and by which tags they are purged. Decided by the head alone.</summary>
internal static class PageRules
{
    public const string TagsField = "X-Magento-Tags";
    public const string PoolField = "X-Pool";
    public const string DebugField = "X-Magento-Debug";

    /// <summary>The kind of a tag of Magento's, as <c>cache purge --tag page/cat_p_12</c> names it.</summary>
    public const string TagEntity = "page";

    /// <summary>The kind of the pool that an answer came from.</summary>
    public const string PoolEntity = "pool";

    private const string VaryCookie = "X-Magento-Vary";
    private const string StoreCookie = "store";

    // In the key already, or without meaning: pages are fetched in one form.
    private static readonly string[] Keyed = ["Accept-Encoding", "Host", "Store", "Content-Currency", "X-Forwarded-Proto", "X-Magento-Vary", PageKeys.CacheIdField];

    /// <summary>Whether the answer to a request may be kept, and for how long.</summary>
    public static FillOutcome Judge(Answer head, in CacheKey key, IHeaderDictionary request, out int seconds)
    {
        seconds = 0;
        if (head.Status >= StatusCodes.Status500InternalServerError || !SetsNothingOfTheKey(head, key))
        {
            // The next answer may be another.
            return FillOutcome.Failed;
        }

        seconds = SecondsOf(head, key, request);
        return seconds > 0 ? FillOutcome.Kept : FillOutcome.NotForKeeping;
    }

    /// <summary>Magento's tags, and the pool.</summary>
    public static IReadOnlyList<ChangedKey> TagsOf(Answer answer)
    {
        var tags = new HashSet<ChangedKey>();
        foreach (var tag in (answer.Field(TagsField) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            tags.Add(new ChangedKey(TagEntity, tag));
        }

        if (answer.Field(PoolField) is { } pool)
        {
            tags.Add(new ChangedKey(PoolEntity, pool));
        }

        return [.. tags];
    }

    private static int SecondsOf(Answer head, in CacheKey key, IHeaderDictionary request)
    {
        if (head.Status is not (StatusCodes.Status200OK or StatusCodes.Status404NotFound) || head.Field("Content-Range") is not null || head.Field("Content-Encoding") is not null)
        {
            return 0;
        }

        var control = head.Field("Cache-Control") ?? "";
        if (!Has(control, "public") || Has(control, "private") || Has(control, "no-store") || Has(control, "no-cache"))
        {
            return 0;
        }

        return VariesAsKept(head) && CacheIdsAgree(head, key, request) ? Math.Max(0, SecondsOf(control) - AnswerRules.AgeOf(head)) : 0;
    }

    // What Magento sets one of these to is what it has made the page for, and not what was asked for.
    private static bool SetsNothingOfTheKey(Answer head, in CacheKey key)
    {
        foreach (var (name, value) in head.Fields)
        {
            if (!name.Equals("Set-Cookie", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var cookie = value.AsSpan();
            cookie = cookie.IndexOf(';') is >= 0 and var end ? cookie[..end] : cookie;
            var equals = cookie.IndexOf('=');
            var its = equals < 0 ? cookie : cookie[..equals].Trim();
            var said = equals < 0 ? default : cookie[(equals + 1)..].Trim();
            if ((its is VaryCookie && !said.SequenceEqual(key.Cookies.Vary.Span)) || (its is StoreCookie && !said.SequenceEqual(key.Cookies.Store.Span)))
            {
                return false;
            }
        }

        return true;
    }

    // Without the id of the question the answer might be another's, and with another id it is.
    private static bool CacheIdsAgree(Answer head, in CacheKey key, IHeaderDictionary request) =>
        !PageTarget.IsGraphQl(key.Target) || (head.Field(PageKeys.CacheIdField) is { } answered && request[PageKeys.CacheIdField] is { Count: 1 } asked && asked[0] == answered);

    private static bool VariesAsKept(Answer head) => (head.Field("Vary") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .All(name => Keyed.Contains(name, StringComparer.OrdinalIgnoreCase));

    private static int SecondsOf(string control) => ValueOf(control, "s-maxage") ?? ValueOf(control, "max-age") ?? 0;

    private static int? ValueOf(string control, string name)
    {
        foreach (var part in control.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.StartsWith(name, StringComparison.OrdinalIgnoreCase) && part.Length > name.Length && part[name.Length] == '='
                && int.TryParse(part.AsSpan(name.Length + 1).Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            {
                return seconds;
            }
        }

        return null;
    }

    private static bool Has(string control, string token) => AnswerRules.HasToken(control, token);
}
