using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Strangler.Proxy.EdgeCache.Pages;

/// <summary>Pages come from Magento as they are, because fragments belong in them, and go to browsers compressed.</summary>
internal static class PageEncoding
{
    public const string Gzip = "gzip";

    public static bool Accepts(StringValues acceptEncoding)
    {
        if (acceptEncoding.Count == 0 || !StringWithQualityHeaderValue.TryParseList(acceptEncoding, out var codings))
        {
            return false;
        }

        StringWithQualityHeaderValue? any = null;
        foreach (var coding in codings)
        {
            if (coding.Value.Equals(Gzip, StringComparison.OrdinalIgnoreCase))
            {
                return coding.Quality is not 0;
            }

            any = coding.Value == "*" ? coding : any;
        }

        return any is { Quality: not 0 };
    }

    public static void SayVary(IHeaderDictionary headers)
    {
        if (!AnswerRules.HasToken(headers.Vary.ToString(), "Accept-Encoding"))
        {
            headers.Append("Vary", "Accept-Encoding");
        }
    }
}
