using Strangler.Demo.Generation;

namespace Strangler.Demo.Loading;

/// <summary>The EAV dictionary: entity types, sets, groups, attributes and their options.</summary>
internal static class AttributeTables
{
    private static readonly (int Id, string Name)[] ProductSets =
        [(StoreIds.DefaultSet, "Default"), (StoreIds.ApparelSet, "Apparel"), (StoreIds.GearSet, "Gear"), (StoreIds.DownloadableSet, "Downloadable")];

    private static readonly (string Code, string Table, string? Additional, string Model)[] Types =
    [
        ("customer", "customer_entity", "customer_eav_attribute", @"Magento\Customer\Model\ResourceModel\Customer"),
        ("customer_address", "customer_address_entity", "customer_eav_attribute", @"Magento\Customer\Model\ResourceModel\Address"),
        ("catalog_category", "catalog_category_entity", "catalog_eav_attribute", @"Magento\Catalog\Model\ResourceModel\Category"),
        ("catalog_product", "catalog_product_entity", "catalog_eav_attribute", @"Magento\Catalog\Model\ResourceModel\Product"),
        ("order", "sales_order", null, @"Magento\Sales\Model\ResourceModel\Order"),
        ("invoice", "sales_invoice", null, @"Magento\Sales\Model\ResourceModel\Order\Invoice"),
        ("creditmemo", "sales_creditmemo", null, @"Magento\Sales\Model\ResourceModel\Order\Creditmemo"),
        ("shipment", "sales_shipment", null, @"Magento\Sales\Model\ResourceModel\Order\Shipment"),
    ];

    public static IEnumerable<BulkTable> All() =>
    [
        BulkTable.Fixed("eav_entity_type", "entity_type_id,entity_type_code,entity_model,entity_table,default_attribute_set_id,additional_attribute_table",
            [.. Types.Select((type, index) => new object?[] { index + 1, type.Code, type.Model, type.Table, index + 1, type.Additional })]),
        BulkTable.Fixed("eav_attribute_set", "attribute_set_id,entity_type_id,attribute_set_name,sort_order",
        [
            .. Types.Select((_, index) => new object?[] { index + 1, index + 1, "Default", 1 }),
            .. ProductSets.Where(set => set.Id != StoreIds.DefaultSet).Select(set => new object?[] { set.Id, StoreIds.ProductType, set.Name, 0 }),
        ]),
        BulkTable.Fixed("eav_attribute_group", "attribute_group_id,attribute_set_id,attribute_group_name,sort_order,default_id,attribute_group_code,tab_group_code",
            [.. GroupedSets().Select(set => new object?[] { set, set, set == StoreIds.CategoryType ? "General Information" : "Product Details", 1, 1, set == StoreIds.CategoryType ? "general-information" : "product-details", "basic" })]),
        BulkTable.Fixed("eav_attribute", "attribute_id,entity_type_id,attribute_code,backend_type,frontend_input,frontend_label,is_required,is_user_defined,default_value",
        [
            .. CategoryAttributes.All.Select(attribute => AttributeRow(attribute, StoreIds.CategoryType)),
            .. ProductAttributes.All.Select(attribute => AttributeRow(attribute, StoreIds.ProductType)),
        ]),
        BulkTable.Fixed("catalog_eav_attribute", "attribute_id,is_global,is_visible,is_searchable,is_filterable,is_html_allowed_on_front,used_in_product_listing",
            [.. CategoryAttributes.All.Concat(ProductAttributes.All).Select(CatalogRow)]),
        BulkTable.Fixed("eav_entity_attribute", "entity_type_id,attribute_set_id,attribute_group_id,attribute_id,sort_order", [.. Assignments()]),
        BulkTable.Fixed("eav_attribute_option", "option_id,attribute_id,sort_order",
            [.. Options().Select(option => new object?[] { option.Id, option.Attribute, option.Index })]),
        BulkTable.Fixed("eav_attribute_option_value", "option_id,store_id,value",
            [.. Options().SelectMany(OptionValues)]),
        BulkTable.Fixed("eav_attribute_option_swatch", "option_id,store_id,type,value",
            [.. Vocabulary.Colors.Select((color, index) => new object?[] { ProductAttributes.Get("color").OptionId(index), 0, 1, color.Hex })]),
        BulkTable.Fixed("eav_attribute_label", "attribute_id,store_id,value",
            [[ProductAttributes.Get("color").Id, StoreIds.German, "Farbe"], [ProductAttributes.Get("size").Id, StoreIds.German, "Größe"]]),
    ];

    private static IEnumerable<int> GroupedSets() => [StoreIds.CategoryType, .. ProductSets.Select(set => set.Id)];

    private static object?[] AttributeRow(EavAttribute attribute, int type) =>
    [
        attribute.Id, type, attribute.Code, attribute.Backend, attribute.Input, attribute.Label,
        attribute.Code is "name" or "sku" or "price" or "is_active", attribute.UserDefined, attribute.Code is "status" ? "1" : null,
    ];

    private static object?[] CatalogRow(EavAttribute attribute) =>
    [
        attribute.Id, (int)attribute.Scope, attribute.Label is not null, attribute.Code is "name" or "sku" or "description" or "short_description",
        attribute.Options is not null || attribute.Code == "price", attribute.Code is "description" or "short_description",
        attribute.Code is "name" or "price" or "special_price" or "small_image" or "status" or "url_key",
    ];

    private static IEnumerable<object?[]> Assignments()
    {
        foreach (var attribute in CategoryAttributes.All)
        {
            yield return [StoreIds.CategoryType, StoreIds.CategoryType, StoreIds.CategoryType, attribute.Id, attribute.SortOrder];
        }

        foreach (var (set, _) in ProductSets)
        {
            foreach (var attribute in ProductAttributes.All.Where(attribute => attribute.OnlySets is null || attribute.OnlySets.Contains(set)))
            {
                yield return [StoreIds.ProductType, set, set, attribute.Id, attribute.SortOrder];
            }
        }
    }

    private static IEnumerable<(int Id, int Attribute, int Index, string Value, string? German)> Options() =>
        ProductAttributes.All.SelectMany(attribute => (attribute.Options ?? [])
            .Select((value, index) => (attribute.OptionId(index), attribute.Id, index, value, attribute.GermanOptions?[index])));

    private static IEnumerable<object?[]> OptionValues((int Id, int Attribute, int Index, string Value, string? German) option)
    {
        yield return [option.Id, 0, option.Value];
        if (option.German is not null)
        {
            yield return [option.Id, StoreIds.German, option.German];
        }
    }
}
