using Strangler.Demo.Generation;

namespace Strangler.Demo.Loading;

/// <summary>What hangs on a product: pictures, links, variants, options, bundle selections, downloads, tier prices. Ids follow from the product's id.</summary>
internal sealed class ProductPartTables(ProductPlanner planner)
{
    private const int Relation = 1;
    private const int Super = 3;
    private const int UpSell = 4;
    private const int CrossSell = 5;
    private const int LinksPerProduct = 16;
    private const int PicturesPerProduct = 4;
    private const int BundleOptions = 3;

    private static readonly (int Id, int Type, string Code, string DataType)[] LinkAttributes =
        [(1, Relation, "position", "int"), (2, UpSell, "position", "int"), (3, CrossSell, "position", "int"), (4, Super, "position", "int"), (5, Super, "qty", "decimal")];

    private static readonly string[] BundleTitles = ["First piece", "Second piece", "On top"];

    private static readonly (string Title, decimal Price, string PriceType, string Sku)[] GiftBoxes = [("No box", 0m, "fixed", "gb0"), ("Card box", 2.5m, "fixed", "gb1"), ("Wooden box", 10m, "percent", "gb2")];

    public IEnumerable<BulkTable> All() =>
    [
        BulkTable.Fixed("catalog_product_link_type", "link_type_id,code", [[Relation, "relation"], [Super, "super"], [UpSell, "up_sell"], [CrossSell, "cross_sell"]]),
        BulkTable.Fixed("catalog_product_link_attribute", "product_link_attribute_id,link_type_id,product_link_attribute_code,data_type",
            [.. LinkAttributes.Select(one => new object?[] { one.Id, one.Type, one.Code, one.DataType })]),
        Each("catalog_product_entity_media_gallery", "value_id,attribute_id,value,media_type,disabled", Pictures, (row, picture) =>
            row.Int(picture.Id).Int(ProductAttributes.Get("media_gallery").Id).Text(picture.File).Text("image").Int(0)),
        Each("catalog_product_entity_media_gallery_value", "value_id,store_id,entity_id,label,position,disabled", Pictures, (row, picture) =>
            row.Int(picture.Id).Int(0).Int(picture.Product).Text(picture.Label).Int(picture.Position).Int(0)),
        Each("catalog_product_entity_media_gallery_value_to_entity", "value_id,entity_id", Pictures, (row, picture) => row.Int(picture.Id).Int(picture.Product)),
        Each("catalog_product_link", "link_id,product_id,linked_product_id,link_type_id", Links, (row, link) => row.Int(link.Id).Int(link.Product).Int(link.Linked).Int(link.Type)),
        Each("catalog_product_link_attribute_int", "product_link_attribute_id,link_id,value", Links, (row, link) =>
            row.Int(LinkAttributes.First(one => one.Type == link.Type).Id).Int(link.Id).Int(link.Position)),
        Each("catalog_product_link_attribute_decimal", "product_link_attribute_id,link_id,value", plan => Links(plan).Where(link => link.Type == Super), (row, link) =>
            row.Int(5).Int(link.Id).Decimal(1)),
        Each("catalog_product_super_attribute", "product_super_attribute_id,product_id,attribute_id,position", SuperAttributes, (row, one) =>
            row.Int(one.Id).Int(one.Product).Int(one.Attribute.Id).Int(one.Position)),
        Each("catalog_product_super_attribute_label", "product_super_attribute_id,store_id,use_default,value", SuperAttributes, (row, one) =>
            row.Int(one.Id).Int(0).Int(0).Text(one.Attribute.Label)),
        Each("catalog_product_super_link", "product_id,parent_id", plan => Children(plan, "configurable"), (row, pair) => row.Int(pair.Child).Int(pair.Parent)),
        Each("catalog_product_relation", "parent_id,child_id", plan => Children(plan, "configurable", "grouped", "bundle"), (row, pair) => row.Int(pair.Parent).Int(pair.Child)),
        Each("catalog_product_option", "option_id,product_id,type,is_require,sku,max_characters,sort_order", Custom, (row, option) =>
            row.Int(option.Id).Int(option.Product).Text(option.IsBox ? "drop_down" : "field").Bool(option.IsBox).Text(option.IsBox ? null : "engr").Int(option.IsBox ? 0 : 20).Int(option.IsBox ? 2 : 1)),
        Each("catalog_product_option_title", "option_id,store_id,title", Custom, (row, option) => row.Int(option.Id).Int(0).Text(option.IsBox ? "Gift box" : "Engraving")),
        Each("catalog_product_option_price", "option_id,store_id,price,price_type", plan => Custom(plan).Take(1), (row, option) => row.Int(option.Id).Int(0).Decimal(3).Text("fixed")),
        Each("catalog_product_option_type_value", "option_type_id,option_id,sku,sort_order", Boxes, (row, box) => row.Int(box.Id).Int(box.Option).Text(GiftBoxes[box.Index].Sku).Int(box.Index + 1)),
        Each("catalog_product_option_type_title", "option_type_id,store_id,title", Boxes, (row, box) => row.Int(box.Id).Int(0).Text(GiftBoxes[box.Index].Title)),
        Each("catalog_product_option_type_price", "option_type_id,store_id,price,price_type", Boxes, (row, box) =>
            row.Int(box.Id).Int(0).Decimal(GiftBoxes[box.Index].Price).Text(GiftBoxes[box.Index].PriceType)),
        Each("catalog_product_bundle_option", "option_id,parent_id,required,position,type", Bundles, (row, option) =>
            row.Int(option.Id).Int(option.Product).Int(option.Index == BundleOptions - 1 ? 0 : 1).Int(option.Index + 1).Text(option.Index == 0 ? "select" : "radio")),
        Each("catalog_product_bundle_option_value", "option_id,store_id,title,parent_product_id", Bundles, (row, option) =>
            row.Int(option.Id).Int(0).Text(BundleTitles[option.Index]).Int(option.Product)),
        Each("catalog_product_bundle_selection", "selection_id,option_id,parent_product_id,product_id,position,is_default,selection_price_type,selection_price_value,selection_qty,selection_can_change_qty", Selections, (row, one) =>
            row.Int(one.Id).Int(one.Option).Int(one.Product).Int(one.Child).Int(one.Position).Bool(one.Position == 1).Int(0).Decimal(0).Decimal(1).Int(1)),
        Each("downloadable_link", "link_id,product_id,sort_order,number_of_downloads,is_shareable,link_file,link_type", Downloads, (row, plan) =>
            row.Int(plan.Id).Int(plan.Id).Int(1).Int(0).Int(2).Text($"/d/e/{plan.Sku.ToLowerInvariant()}.zip").Text("file")),
        Each("downloadable_link_title", "link_id,store_id,title", Downloads, (row, plan) => row.Int(plan.Id).Int(0).Text(plan.Name)),
        Each("downloadable_link_price", "link_id,website_id,price", Downloads, (row, plan) => row.Int(plan.Id).Int(0).Decimal(plan.Price)),
        Each("downloadable_sample", "sample_id,product_id,sample_file,sample_type,sort_order", Downloads, (row, plan) =>
            row.Int(plan.Id).Int(plan.Id).Text($"/d/e/{plan.Sku.ToLowerInvariant()}-sample.pdf").Text("file").Int(1)),
        Each("downloadable_sample_title", "sample_id,store_id,title", Downloads, (row, plan) => row.Int(plan.Id).Int(0).Text("First pages")),
        Each("catalog_product_entity_tier_price", "entity_id,all_groups,customer_group_id,qty,value,website_id,percentage_value", TierPrices, (row, tier) =>
            row.Int(tier.Product).Bool(tier.Group is null).Int(tier.Group ?? 0).Decimal(tier.Qty).Decimal(tier.Value).Int(0).Decimal(tier.Percentage)),
    ];

    private BulkTable Each<T>(string table, string columns, Func<ProductPlan, IEnumerable<T>> parts, Action<RowWriter, T> write) =>
        BulkTable.ForEach(table, columns, planner.All(), (row, plan) =>
        {
            foreach (var part in parts(plan))
            {
                write(row, part);
                row.EndRow();
            }
        });

    private static IEnumerable<(int Id, int Product, int Position, string File, string Label)> Pictures(ProductPlan plan) =>
        Enumerable.Range(1, plan.PictureCount).Select(number => (plan.Id * PicturesPerProduct + number, plan.Id, number, plan.Picture(number), plan.Name));

    private static IEnumerable<(int Id, int Product, int Linked, int Type, int Position)> Links(ProductPlan plan)
    {
        var at = plan.Id * LinksPerProduct;
        foreach (var (other, index) in plan.Related.Select((other, index) => (other, index)))
        {
            yield return (at++, plan.Id, other, index % 2 == 0 ? Relation : index % 4 == 1 ? UpSell : CrossSell, index + 1);
        }

        if (plan.TypeId == "grouped")
        {
            foreach (var (member, index) in plan.Children.Select((member, index) => (member, index)))
            {
                yield return (at++, plan.Id, member, Super, index);
            }
        }
    }

    private static IEnumerable<(int Id, int Product, EavAttribute Attribute, int Position)> SuperAttributes(ProductPlan plan) => plan.TypeId == "configurable"
        ? [(plan.Id * 2, plan.Id, ProductAttributes.Get("size"), 0), (plan.Id * 2 + 1, plan.Id, ProductAttributes.Get("color"), 1)]
        : [];

    private static IEnumerable<(int Parent, int Child)> Children(ProductPlan plan, params string[] types) =>
        types.Contains(plan.TypeId) ? plan.Children.Select(child => (plan.Id, child)) : [];

    private static IEnumerable<(int Id, int Product, bool IsBox)> Custom(ProductPlan plan) =>
        plan.HasCustomOptions ? [(plan.Id * 2, plan.Id, false), (plan.Id * 2 + 1, plan.Id, true)] : [];

    private static IEnumerable<(int Id, int Option, int Index)> Boxes(ProductPlan plan) =>
        plan.HasCustomOptions ? GiftBoxes.Select((_, index) => (plan.Id * GiftBoxes.Length + index, plan.Id * 2 + 1, index)) : [];

    private static IEnumerable<(int Id, int Product, int Index)> Bundles(ProductPlan plan) =>
        plan.TypeId == "bundle" ? Enumerable.Range(0, BundleOptions).Select(index => (plan.Id * BundleOptions + index, plan.Id, index)) : [];

    private static IEnumerable<(int Id, int Option, int Product, int Child, int Position)> Selections(ProductPlan plan) => plan.TypeId == "bundle"
        ? plan.Children.Select((child, index) => (plan.Id * 8 + index, plan.Id * BundleOptions + index / 2, plan.Id, child, index % 2 + 1))
        : [];

    private static IEnumerable<ProductPlan> Downloads(ProductPlan plan) => plan.TypeId == "downloadable" ? [plan] : [];

    private static IEnumerable<(int Product, int? Group, decimal Qty, decimal Value, decimal? Percentage)> TierPrices(ProductPlan plan) => plan.HasTierPrices
        ? [(plan.Id, null, 5, Math.Round(plan.Price!.Value * 0.9m, 2), null), (plan.Id, null, 10, 0, 15), (plan.Id, 2, 1, Math.Round(plan.Price.Value * 0.85m, 2), null)]
        : [];
}
