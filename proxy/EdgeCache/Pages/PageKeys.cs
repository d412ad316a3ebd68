using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Strangler.Proxy.EdgeCache.Pages;

/// <summary>Makes the key of a request for a page: what Magento varies by, and what else goes on to it that it may look at.</summary>
internal sealed class PageKeys(PageTarget targets, IOptions<PageOptions> options)
{
    public const string CacheIdField = "X-Magento-Cache-Id";

    // Each may come from anybody, and Magento or an extension looks at it: an answer to such a request is no answer to one without.
    private static readonly string[] Said = ["X-Requested-With", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port"];

    private readonly string[] _fields = [.. Said, .. options.Value.VaryHeaders];
    private readonly Regex[] _userAgents = [.. options.Value.UserAgents.Select(pattern => new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase))];

    /// <summary>False for a request that must not be answered from the store, and its answer not kept.</summary>
    public bool TryOf(HttpContext context, out CacheKey key)
    {
        key = default;
        var (method, headers) = (context.Request.Method, context.Request.Headers);
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if ((!HttpMethods.IsGet(method) && !HttpMethods.IsHead(method)) || PageTarget.IsPersonal(target) || !CacheKey.IsPlain(headers))
        {
            return false;
        }

        var isGraphQl = PageTarget.IsGraphQl(target);
        if (!MayShare(headers, isGraphQl) || !MagentoCookies.TryRead(headers, out var cookies))
        {
            return false;
        }

        key = CacheKey.OfPage(context, targets.Strip(target), cookies, Extra(headers, isGraphQl));
        return true;
    }

    // With the id of its caches Magento says what a query depends on, whoever asks; without it nobody knows.
    private static bool MayShare(IHeaderDictionary headers, bool isGraphQl) => isGraphQl
        ? headers[CacheIdField].Count == 1
            && (headers.Authorization.Count == 0 || (headers.Authorization.Count == 1 && headers.Authorization.ToString().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)))
        : headers.Authorization.Count == 0;

    private string Extra(IHeaderDictionary headers, bool isGraphQl)
    {
        StringBuilder? extra = null;
        if (isGraphQl)
        {
            (extra ??= new StringBuilder()).Append(headers.Authorization.Count).Append(' ').Append(headers[CacheIdField].ToString());
        }

        for (var i = 0; i < _fields.Length; i++)
        {
            if (headers[_fields[i]] is { Count: > 0 } values)
            {
                (extra ??= new StringBuilder()).Append('\n').Append(i).Append(' ').Append(values.ToString());
            }
        }

        for (var i = 0; i < _userAgents.Length; i++)
        {
            if (_userAgents[i].IsMatch(headers.UserAgent.ToString()))
            {
                (extra ??= new StringBuilder()).Append("\nua ").Append(i);
                break;
            }
        }

        return extra?.ToString() ?? "";
    }
}
