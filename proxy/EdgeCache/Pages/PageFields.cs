using Microsoft.Extensions.Primitives;

namespace Strangler.Proxy.EdgeCache.Pages;

/// <summary>What a browser gets to see of Magento's fields: as the configuration that Magento ships for Varnish does it.</summary>
internal static class PageFields
{
    public const string DebugField = "X-Magento-Cache-Debug";

    private static readonly string[] Hidden = [PageRules.TagsField, PageRules.DebugField, PageRules.PoolField, "X-Powered-By", "Server", "Via", "Link"];

    /// <summary>What another one could not be given either.</summary>
    private static readonly string[] Personal = ["Set-Cookie", "Age", "ETag", "Last-Modified", "Date"];

    /// <summary>The fields of an answer that is kept, as they go out.</summary>
    public static KeyValuePair<string, StringValues>[] Of(Parity.Answer answer)
    {
        var headers = new HeaderDictionary();
        foreach (var (name, value) in AnswerRules.FieldsOf(answer))
        {
            if (!Personal.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                headers[name] = value;
            }
        }

        Rewrite(headers);
        return [.. headers];
    }

    /// <summary>The same of an answer that passes: a browser must not keep what only the facade hears the purges of.</summary>
    public static void Rewrite(IHeaderDictionary headers)
    {
        foreach (var name in Hidden)
        {
            headers.Remove(name);
        }

        if (headers.CacheControl is { Count: > 0 } control && !AnswerRules.HasToken(control.ToString(), "private"))
        {
            headers.CacheControl = "no-store, no-cache, must-revalidate, max-age=0";
            headers.Pragma = "no-cache";
            headers.Expires = "-1";
        }
    }
}
