using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Strangler.Catalog.Access;
using Strangler.WebApi.Errors;
using Strangler.WebApi.Routing;
using Strangler.WebApi.Stores;

namespace Strangler.Catalog.Products;

/// <summary>
/// What a request asks for, worked out from its target, host and cookies: the product, in which scope, in which form; or an error
/// Magento would give; or the reason why it is left to Magento.
/// </summary>
internal sealed record ProductRequest
{
    public string Sku { get; private init; } = "";

    /// <summary>The store view the request came to.</summary>
    public StoreView Current { get; private init; } = null!;

    /// <summary>The scope the product is wanted in.</summary>
    public StoreView Scope { get; private init; } = null!;

    public bool EditMode { get; private init; }

    /// <summary>Whether a <c>fields</c> parameter restricts the answer; its text is null when it was an array.</summary>
    public bool HasFields { get; private init; }

    public string? Fields { get; private init; }

    /// <summary>An error that is certain before anybody is asked who calls.</summary>
    public WebApiError? Error { get; private init; }

    /// <summary>Why this service does not answer.</summary>
    public string? Decline { get; private init; }

    public static ProductRequest Read(HttpContext context, AccessState access, ICollection<string> reserved)
    {
        var rawTarget = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        if (RestTarget.Parse(rawTarget, access.Stores.IsCode) is not { } target || target.IsOtherProcessor)
        {
            return Declined("path");
        }

        if (!target.IsSynchronous)
        {
            return Failed(WebApiError.CannotBeProcessed());
        }

        var method = context.Request.Method;
        if (!HttpMethods.IsGet(method))
        {
            return HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsDelete(method)
                ? Declined("method")
                : Failed(WebApiError.MethodNotSupported(method));
        }

        // Anything else below /V1 is another route or none; both are Magento's to say.
        if (target.Segments is not ["V1", "products", { Length: > 0 } segment] || reserved.Contains(segment))
        {
            return Declined("route");
        }

        var query = PhpQuery.Parse(target.Query);
        if (RestTarget.DecodeSegment(segment) is not { } sku)
        {
            return Declined("sku encoding");
        }

        if (CurrentStore(context, target, query, access.Stores) is not { } current)
        {
            return Declined("store view");
        }

        return ReadParameters(query, access.Stores, new ProductRequest { Sku = sku, Current = current, Scope = current });
    }

    private static StoreView? CurrentStore(HttpContext context, RestTarget target, PhpQuery query, StoreDirectory stores)
    {
        if (target.IsAllStores)
        {
            return stores.ById(StoreView.AdminId);
        }

        if (target.StoreCode is { } code)
        {
            return stores.ByCode(code);
        }

        var hasParameter = query.TryGet("___store", out var requested);
        return hasParameter && requested is null
            ? null
            : stores.ByHost(context.Request.Host.Value ?? "", hasParameter ? requested : context.Request.Cookies["store"]);
    }

    private static ProductRequest ReadParameters(PhpQuery query, StoreDirectory stores, ProductRequest request)
    {
        if (!TryGetEither(query, "storeId", "store_id", out var storeId) || !TryGetEither(query, "editMode", "edit_mode", out var editMode)
            || !TryGetEither(query, "forceReload", "force_reload", out _) || query.TryGet("sku", out _))
        {
            return Declined("parameters");
        }

        if (storeId is not null)
        {
            if (!int.TryParse(storeId, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || stores.ById(id) is not { } scope)
            {
                return Declined("storeId");
            }

            request = request with { Scope = scope };
        }

        var hasFields = query.TryGet("fields", out var fields) && fields is not ("" or "0");
        return request with { EditMode = IsTrue(editMode), HasFields = hasFields, Fields = fields };
    }

    // Both spellings name one parameter; which of two wins, and what an array does to a scalar one, is left to Magento.
    private static bool TryGetEither(PhpQuery query, string camelCase, string snakeCase, out string? value)
    {
        var hasCamel = query.TryGet(camelCase, out var camel);
        var hasSnake = query.TryGet(snakeCase, out var snake);
        value = hasCamel ? camel : snake;
        return !(hasCamel && hasSnake) && (value is not null || !(hasCamel || hasSnake));
    }

    // What PHP's boolean filter takes for true.
    private static bool IsTrue(string? value) => value?.Trim().ToUpperInvariant() is "1" or "TRUE" or "ON" or "YES";

    private static ProductRequest Failed(WebApiError error) => new() { Error = error };

    private static ProductRequest Declined(string reason) => new() { Decline = reason };
}
