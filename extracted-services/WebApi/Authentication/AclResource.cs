namespace Strangler.WebApi.Authentication;

/// <summary>A resource of Magento's access list with its ancestors in the tree, nearest first: a rule on an ancestor holds below it.</summary>
public sealed record AclResource(string Id, params IReadOnlyList<string> Ancestors)
{
    /// <summary>Reading and writing products.</summary>
    public static AclResource Products { get; } =
        new("Magento_Catalog::products", "Magento_Catalog::catalog_inventory", "Magento_Catalog::catalog", "Magento_Backend::admin");

    /// <summary>The legacy stock item inside a product.</summary>
    public static AclResource CatalogInventory { get; } = new(
        "Magento_CatalogInventory::cataloginventory", "Magento_Config::config", "Magento_Backend::stores_settings", "Magento_Backend::stores",
        "Magento_Backend::admin");
}
