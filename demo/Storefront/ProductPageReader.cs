using Strangler.Demo.Catalog;

namespace Strangler.Demo.Storefront;

/// <summary>Gathers what a product page shows, for each product type.</summary>
internal sealed class ProductPageReader(PriceReader prices, ProductReader products, ProductParts parts)
{
    public async Task<ProductPageModel?> ReadAsync(int id, StoreView store, Uri baseUrl, CancellationToken cancellationToken)
    {
        if (await prices.ListAsync([id], store, baseUrl, cancellationToken) is not [var item])
        {
            return null;
        }

        var links = await parts.LinksAsync(id, cancellationToken);
        var members = links.Where(link => link.Code == "super").ToList();
        var listed = (await prices.ListAsync([.. links.Select(link => link.LinkedId).Distinct()], store, baseUrl, cancellationToken)).ToDictionary(one => one.Product.Id);
        var tiers = (await parts.TierPricesAsync(id, cancellationToken)).Where(tier => tier.AllGroups && tier.Qty > 1)
            .Select(tier => new Tier(tier.Qty, tier.Percentage is { } percent ? Math.Round((item.Price ?? 0) * (100 - percent) / 100, 2) : tier.Value));
        return new ProductPageModel(
            item,
            await parts.GalleryAsync(id, store.Id, cancellationToken),
            await ChoicesAsync(item.Product, store, cancellationToken),
            [.. members.Where(link => listed.ContainsKey(link.LinkedId)).Select(link => (listed[link.LinkedId], link.Qty ?? 0))],
            [.. tiers],
            item.Product.TypeId == "downloadable" ? await parts.DownloadSamplesAsync(id, cancellationToken) : [],
            [.. links.Where(link => link.Code != "super").Select(link => listed.GetValueOrDefault(link.LinkedId)).OfType<ListedProduct>()
                .Where(one => one.Product is { IsEnabled: true, Visibility: 2 or 4 }).Take(4)]);
    }

    private async Task<IReadOnlyList<Choice>> ChoicesAsync(ProductRecord product, StoreView store, CancellationToken cancellationToken) => product.TypeId switch
    {
        "configurable" => await VariantChoicesAsync(product, store, cancellationToken),
        "bundle" => await BundleChoicesAsync(product, store, cancellationToken),
        _ => await CustomChoicesAsync(product, store, cancellationToken),
    };

    private async Task<IReadOnlyList<Choice>> VariantChoicesAsync(ProductRecord product, StoreView store, CancellationToken cancellationToken)
    {
        var variants = await parts.VariantsAsync(product.Id, cancellationToken);
        var labels = await parts.OptionLabelsAsync([.. variants.Select(variant => variant.OptionId).Distinct()], store.Id, cancellationToken);
        return [.. (await parts.SuperAttributesAsync(product.Id, cancellationToken)).Select(attribute =>
        {
            var used = variants.Where(variant => variant.AttributeId == attribute.AttributeId).Select(variant => variant.OptionId).ToHashSet();
            return new Choice($"super_attribute[{attribute.AttributeId}]", attribute.Label, true,
                [.. labels.Where(label => used.Contains(label.Id)).Select(label => new ChoiceValue(label.Id, label.Label, label.Swatch))]);
        })];
    }

    private async Task<IReadOnlyList<Choice>> BundleChoicesAsync(ProductRecord product, StoreView store, CancellationToken cancellationToken)
    {
        var selections = await parts.BundleSelectionsAsync(product.Id, cancellationToken);
        var sold = (await products.ListAsync([.. selections.Select(one => one.ProductId).Distinct()], store.Id, cancellationToken)).ToDictionary(one => one.Id);
        return [.. (await parts.BundleOptionsAsync(product.Id, store.Id, cancellationToken)).Select(option => new Choice($"bundle_option[{option.Id}]", option.Title ?? "", option.IsRequired,
            [.. selections.Where(one => one.OptionId == option.Id && sold.ContainsKey(one.ProductId)).Select(one =>
                new ChoiceValue(one.Id, sold[one.ProductId].Name, null, prices.FinalPrice(sold[one.ProductId]), Selected: one.IsDefault && option.IsRequired))]))];
    }

    private async Task<IReadOnlyList<Choice>> CustomChoicesAsync(ProductRecord product, StoreView store, CancellationToken cancellationToken)
    {
        var options = await parts.CustomOptionsAsync(product.Id, store.Id, cancellationToken);
        var values = options.Count == 0 ? [] : await parts.CustomOptionValuesAsync(product.Id, store.Id, cancellationToken);
        return [.. options.Select(option => new Choice($"options[{option.Id}]", option.Title, option.IsRequired,
            [.. values.Where(value => value.OptionId == option.Id).Select(value => new ChoiceValue(value.Id, value.Title, null, value.Price, value.PriceType == "percent"))], option.MaxCharacters))];
    }
}
