using System.Globalization;
using Strangler.Demo.Catalog;

namespace Strangler.Demo.Cart;

/// <summary>One row that an addition makes; <see cref="Children"/> go below it.</summary>
internal sealed record CartItem(ProductRecord Product, string Sku, decimal Qty, decimal UnitPrice, IReadOnlyList<CartItem> Children, IReadOnlyList<(string Code, string Value)> Options);

/// <summary>Turns a wish into rows, for each product type: finds the variant, the selections, the members, and what each costs.</summary>
internal sealed class CartItems(ProductReader products, ProductParts parts, PriceReader prices)
{
    private static readonly CartFault NotAvailable = new("Product that you are trying to add is not available.");

    public async Task<(IReadOnlyList<CartItem> Items, CartFault? Fault)> PrepareAsync(CartRequest request, StoreView store, CancellationToken cancellationToken)
    {
        if (await products.FindAsync(request.ProductId, store.Id, cancellationToken) is not { } product)
        {
            return ([], new CartFault("The product that was requested doesn't exist. Verify the product and try again.", 404));
        }

        if (!product.IsEnabled || !(await parts.WebsitesAsync(product.Id, cancellationToken)).Contains(store.WebsiteId))
        {
            return ([], NotAvailable);
        }

        return product.TypeId switch
        {
            "configurable" => await VariantAsync(product, request, store, cancellationToken),
            "bundle" => await BundleAsync(product, request, store, cancellationToken),
            "grouped" => await GroupAsync(product, request, store, cancellationToken),
            _ => await SingleAsync(product, request, cancellationToken),
        };
    }

    private async Task<(IReadOnlyList<CartItem>, CartFault?)> SingleAsync(ProductRecord product, CartRequest request, CancellationToken cancellationToken)
    {
        if (await StockFaultAsync(product.Id, request.Qty, cancellationToken) is { } fault)
        {
            return ([], fault);
        }

        var price = await UnitPriceAsync(product, request.Qty, cancellationToken);
        var options = new List<(string, string)>();
        foreach (var option in await parts.CustomOptionsAsync(product.Id, 0, cancellationToken))
        {
            if (!request.Options.TryGetValue(option.Id, out var given) || given.Length == 0)
            {
                if (option.IsRequired)
                {
                    return ([], new CartFault("The product's required option(s) weren't entered. Make sure the options are entered and try again."));
                }

                continue;
            }

            var value = (await parts.CustomOptionValuesAsync(product.Id, 0, cancellationToken)).FirstOrDefault(one => one.OptionId == option.Id && $"{one.Id}" == given);
            var (added, type) = value is null ? (option.Price ?? 0, option.PriceType) : (value.Price, value.PriceType);
            price += type == "percent" ? (product.Amount("price") ?? 0) * added / 100 : added;
            options.Add(($"option_{option.Id}", given));
        }

        if (options.Count > 0)
        {
            options.Insert(0, ("option_ids", string.Join(',', options.Select(option => option.Item1["option_".Length..]))));
        }

        return ([new CartItem(product, product.Sku, request.Qty, price, [], options)], null);
    }

    private async Task<(IReadOnlyList<CartItem>, CartFault?)> VariantAsync(ProductRecord product, CartRequest request, StoreView store, CancellationToken cancellationToken)
    {
        var variants = await parts.VariantsAsync(product.Id, cancellationToken);
        var wanted = variants.GroupBy(variant => variant.ProductId)
            .FirstOrDefault(group => group.All(part => request.Variant.TryGetValue(part.AttributeId, out var option) && option == part.OptionId));
        if (wanted is null || await products.FindAsync(wanted.Key, store.Id, cancellationToken) is not { } child)
        {
            return ([], new CartFault("You need to choose options for your item."));
        }

        if (await StockFaultAsync(child.Id, request.Qty, cancellationToken) is { } fault)
        {
            return ([], fault);
        }

        var chosen = "{" + string.Join(',', request.Variant.Select(pair => $"\"{pair.Key}\":\"{pair.Value}\"")) + "}";
        return ([new CartItem(product, child.Sku, request.Qty, await UnitPriceAsync(child, request.Qty, cancellationToken),
            [new CartItem(child, child.Sku, 1, 0, [], [])], [("attributes", chosen), ($"product_qty_{child.Id}", "1"), ("simple_product", $"{child.Id}")])], null);
    }

    private async Task<(IReadOnlyList<CartItem>, CartFault?)> BundleAsync(ProductRecord product, CartRequest request, StoreView store, CancellationToken cancellationToken)
    {
        var options = await parts.BundleOptionsAsync(product.Id, store.Id, cancellationToken);
        if (request.Bundle.Count == 0)
        {
            return ([], new CartFault("Please specify product option(s)."));
        }

        if (options.Any(option => option.IsRequired && !request.Bundle.ContainsKey(option.Id)))
        {
            return ([], new CartFault("Please select all required options."));
        }

        var selections = (await parts.BundleSelectionsAsync(product.Id, cancellationToken)).Where(one => request.Bundle.GetValueOrDefault(one.OptionId) == one.Id).ToList();
        var children = new List<CartItem>();
        foreach (var child in await products.ListAsync([.. selections.Select(one => one.ProductId)], store.Id, cancellationToken))
        {
            if (await StockFaultAsync(child.Id, request.Qty, cancellationToken) is { } fault)
            {
                return ([], fault);
            }

            children.Add(new CartItem(child, child.Sku, 1, prices.FinalPrice(child) ?? 0, [], []));
        }

        var sku = string.Join('-', children.Select(child => child.Sku).Prepend(product.Sku));
        return ([new CartItem(product, sku, request.Qty, children.Sum(child => child.UnitPrice), children,
            [("bundle_selection_ids", "[" + string.Join(',', selections.Select(one => $"\"{one.Id}\"")) + "]")])], null);
    }

    private async Task<(IReadOnlyList<CartItem>, CartFault?)> GroupAsync(ProductRecord product, CartRequest request, StoreView store, CancellationToken cancellationToken)
    {
        var wanted = request.Group.Where(pair => pair.Value > 0).ToDictionary();
        var items = new List<CartItem>();
        foreach (var member in await products.ListAsync([.. wanted.Keys], store.Id, cancellationToken))
        {
            if (await StockFaultAsync(member.Id, wanted[member.Id], cancellationToken) is { } fault)
            {
                return ([], fault);
            }

            items.Add(new CartItem(member, member.Sku, wanted[member.Id], await UnitPriceAsync(member, wanted[member.Id], cancellationToken), [], [("product_type", product.TypeId)]));
        }

        return items.Count == 0 ? ([], new CartFault("Please specify the quantity of product(s).")) : (items, null);
    }

    /// <summary>Why this quantity cannot be had; null when it can.</summary>
    public async Task<CartFault?> StockFaultAsync(int product, decimal qty, CancellationToken cancellationToken)
    {
        const decimal Most = 10_000;
        if (await parts.StockAsync(product, cancellationToken) is not { } stock || (!stock.UseConfigManageStock && !stock.ManageStock))
        {
            return null;
        }

        return !stock.IsInStock ? NotAvailable
            : qty > Most ? new CartFault("The requested qty exceeds the maximum qty allowed in shopping cart")
            : qty > stock.Qty ? new CartFault("The requested qty is not available")
            : !stock.IsQtyDecimal && qty != decimal.Truncate(qty) ? new CartFault("You cannot use decimal quantity for this product.")
            : null;
    }

    /// <summary>The price of one piece when this many are bought.</summary>
    public async Task<decimal> UnitPriceAsync(ProductRecord product, decimal qty, CancellationToken cancellationToken)
    {
        var price = prices.FinalPrice(product) ?? 0;
        var full = product.Amount("price") ?? price;
        foreach (var tier in (await parts.TierPricesAsync(product.Id, cancellationToken)).Where(tier => tier.AllGroups && tier.Qty <= qty))
        {
            price = Math.Min(price, tier.Percentage is { } percent ? full * (100 - percent) / 100 : tier.Value);
        }

        return price;
    }

    public static int? Number(string? text) => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;
}
