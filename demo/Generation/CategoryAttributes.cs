namespace Strangler.Demo.Generation;

/// <summary>The category attributes of the demo.</summary>
internal static class CategoryAttributes
{
    public static readonly EavAttribute[] All =
    [
        new(45, "name", "varchar", "text", "Name", AttributeScope.Store, 1),
        new(46, "is_active", "int", "select", "Is Active", AttributeScope.Store, 2),
        new(47, "description", "text", "textarea", "Description", AttributeScope.Store, 4),
        new(48, "image", "varchar", "image", "Image", AttributeScope.Store, 5),
        new(49, "meta_title", "varchar", "text", "Page Title", AttributeScope.Store, 6),
        new(50, "display_mode", "varchar", "select", "Display Mode", AttributeScope.Store, 10),
        new(51, "is_anchor", "int", "select", "Is Anchor", AttributeScope.Global, 30),
        new(52, "path", "static", "text", "Path", AttributeScope.Global, 12),
        new(53, "position", "static", "text", "Position", AttributeScope.Global, 13),
        new(54, "level", "static", "text", "Level", AttributeScope.Global, 14),
        new(55, "children_count", "static", "text", "Children Count", AttributeScope.Global, 15),
        new(56, "include_in_menu", "int", "select", "Include in Navigation Menu", AttributeScope.Store, 10),
        new(57, "custom_use_parent_settings", "int", "select", "Use Parent Category Settings", AttributeScope.Store, 5),
        new(58, "custom_apply_to_products", "int", "select", "Apply To Products", AttributeScope.Store, 6),
        new(59, "url_key", "varchar", "text", "URL Key", AttributeScope.Store, 3),
        new(60, "url_path", "varchar", "text", null, AttributeScope.Store, 17),
        new(61, "available_sort_by", "text", "multiselect", "Available Product Listing Sort By", AttributeScope.Store, 40),
        new(62, "default_sort_by", "varchar", "select", "Default Product Listing Sort By", AttributeScope.Store, 50),
    ];

    private static readonly Dictionary<string, EavAttribute> ByCode = All.ToDictionary(attribute => attribute.Code);

    public static EavAttribute Get(string code) => ByCode[code];
}
