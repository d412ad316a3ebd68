using System.Text;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Evaluation;
using Strangler.Proxy.Slices;

namespace Strangler.Proxy.Evidence.Shop;

/// <summary>Which requests are an order, an addition to a cart, a login: <see cref="EvaluationOptions"/>' own, else Magento's REST, GraphQL and storefront.</summary>
internal sealed class ShopEventPatterns
{
    private const string GraphQl = "GRAPHQL ";

    private static readonly string[] Orders =
    [
        "POST /rest/{storeCode?}/V1/carts/mine/payment-information", "POST /rest/{storeCode?}/V1/guest-carts/{cartId}/payment-information",
        "PUT /rest/{storeCode?}/V1/carts/mine/order", "PUT /rest/{storeCode?}/V1/guest-carts/{cartId}/order",
        "POST /{storeCode?}/multishipping/checkout/overviewPost", "GRAPHQL placeOrder",
    ];

    private static readonly string[] CartAdds =
    [
        "POST /{storeCode?}/checkout/cart/add/{**parameters}", "POST /rest/{storeCode?}/V1/carts/mine/items",
        "POST /rest/{storeCode?}/V1/guest-carts/{cartId}/items", "GRAPHQL addProductsToCart", "GRAPHQL addSimpleProductsToCart",
        "GRAPHQL addConfigurableProductsToCart", "GRAPHQL addBundleProductsToCart", "GRAPHQL addVirtualProductsToCart", "GRAPHQL addDownloadableProductsToCart",
    ];

    private static readonly string[] Logins =
    [
        "POST /{storeCode?}/customer/account/loginPost/{**parameters}", "POST /{storeCode?}/customer/ajax/login",
        "POST /rest/{storeCode?}/V1/integration/customer/token", "GRAPHQL generateCustomerToken",
    ];

    private readonly SliceMatcher _requests;
    private readonly EvidenceMetric[] _metrics;
    private readonly (byte[] Name, EvidenceMetric Metric)[] _mutations;

    public ShopEventPatterns(IOptions<EvaluationOptions> options)
    {
        var patterns = Choose(options.Value.Orders, Orders, EvidenceMetric.Orders)
            .Concat(Choose(options.Value.CartAdds, CartAdds, EvidenceMetric.CartAdds))
            .Concat(Choose(options.Value.Logins, Logins, EvidenceMetric.Logins)).ToList();
        var requests = patterns.Where(pattern => !pattern.Text.StartsWith(GraphQl, StringComparison.Ordinal)).ToList();
        _metrics = [.. requests.Select(pattern => pattern.Metric)];
        _requests = new SliceMatcher(requests.Select((pattern, index) => new Slice(
            new SliceConfig($"shop.{index}", "", "", [Match(pattern.Text)], null, [], null, null, null), index)));
        _mutations = [.. patterns.Where(pattern => pattern.Text.StartsWith(GraphQl, StringComparison.Ordinal))
            .Select(pattern => (Encoding.UTF8.GetBytes(pattern.Text[GraphQl.Length..].Trim()), pattern.Metric))];
    }

    /// <summary>What is wrong with a pattern, or null.</summary>
    public static string? Fault(string pattern)
    {
        if (pattern.StartsWith(GraphQl, StringComparison.Ordinal))
        {
            return pattern.Length > GraphQl.Length ? null : $"'{pattern}' names no mutation";
        }

        if (pattern.Split(' ') is not [{ Length: > 0 }, var path])
        {
            return $"'{pattern}' must be 'METHOD /path' or 'GRAPHQL mutation'";
        }

        _ = PathPattern.TryParse(path, out var fault);
        return fault;
    }

    public EvidenceMetric? OfRequest(string method, string rawTarget) =>
        _requests.Match(method, rawTarget) is { } found ? _metrics[found.Index] : null;

    /// <summary>The mutations that a GraphQL request names, as far as its beginning shows.</summary>
    public IEnumerable<EvidenceMetric> OfGraphQl(ReadOnlyMemory<byte> body)
    {
        foreach (var (name, metric) in _mutations)
        {
            if (Names(body.Span, name))
            {
                yield return metric;
            }
        }
    }

    private static IEnumerable<(string Text, EvidenceMetric Metric)> Choose(IList<string> own, string[] usual, EvidenceMetric metric) =>
        (own.Count > 0 ? own : usual).Select(pattern => (pattern, metric));

    private static SliceMatchConfig Match(string pattern)
    {
        var parts = pattern.Split(' ');
        return new SliceMatchConfig([parts[0]], parts[1]);
    }

    // A whole word of a mutation: neither a part of a longer name nor a field of a query.
    private static bool Names(ReadOnlySpan<byte> body, ReadOnlySpan<byte> name)
    {
        if (body.IndexOf("mutation"u8) < 0)
        {
            return false;
        }

        for (var at = body.IndexOf(name); at >= 0;)
        {
            var end = at + name.Length;
            if ((at == 0 || !IsOfName(body[at - 1])) && (end == body.Length || !IsOfName(body[end])))
            {
                return true;
            }

            var next = body[end..].IndexOf(name);
            at = next < 0 ? -1 : end + next;
        }

        return false;
    }

    private static bool IsOfName(byte character) => character == '_' || char.IsAsciiLetterOrDigit((char)character);
}
