using Strangler.Demo.Generation;

namespace Strangler.Demo.Loading;

/// <summary>Stores, configuration, currencies, sources, groups, sequences: the rows every shop has before its first product.</summary>
internal static class ReferenceTables
{
    private static readonly string[] Indexers = ["catalog_product_price", "catalogsearch_fulltext", "cataloginventory_stock", "inventory"];

    private static readonly int[] Stores = [StoreIds.Admin, StoreIds.Default, StoreIds.German, StoreIds.Outlet];

    private static readonly string[] Documents = ["order", "invoice", "creditmemo", "shipment"];

    private static readonly (string Code, string Iso3)[] Countries =
    [
        ("US", "USA"), ("DE", "DEU"), ("AT", "AUT"), ("CH", "CHE"), ("GB", "GBR"), ("FR", "FRA"), ("NL", "NLD"), ("NO", "NOR"), ("SE", "SWE"), ("CA", "CAN"),
    ];

    private static readonly (string Code, string Name)[] Regions =
    [
        ("CA", "California"), ("CO", "Colorado"), ("ME", "Maine"), ("MT", "Montana"), ("NY", "New York"), ("OR", "Oregon"), ("TX", "Texas"), ("UT", "Utah"), ("WA", "Washington"),
    ];

    public static IEnumerable<BulkTable> All(LoadSettings settings) =>
    [
        BulkTable.Fixed("store_website", "website_id,code,name,sort_order,default_group_id,is_default",
            [[0, "admin", "Admin", 0, 0, 0], [1, "base", "Main Website", 0, 1, 1], [2, "outlet", "Outlet Website", 10, 2, 0]]),
        BulkTable.Fixed("store_group", "group_id,website_id,name,root_category_id,default_store_id,code",
            [[0, 0, "Default", 0, 0, "default"], [1, 1, "Main Website Store", 2, 1, "main_website_store"], [2, 2, "Outlet Store", 2, 3, "outlet_store"]]),
        BulkTable.Fixed("store", "store_id,code,website_id,group_id,name,sort_order,is_active",
            [[0, "admin", 0, 0, "Admin", 0, 1], [1, "default", 1, 1, "English", 0, 1], [2, "de", 1, 1, "Deutsch", 10, 1], [3, "outlet", 2, 2, "Outlet", 20, 1]]),
        BulkTable.Fixed("core_config_data", "scope,scope_id,path,value,updated_at", [.. Configuration(settings)]),
        BulkTable.Fixed("directory_currency_rate", "currency_from,currency_to,rate", [["USD", "USD", 1m], ["USD", "EUR", 0.92m]]),
        BulkTable.Fixed("directory_country", "country_id,iso2_code,iso3_code", [.. Countries.Select(country => new object?[] { country.Code, country.Code, country.Iso3 })]),
        BulkTable.Fixed("directory_country_region", "region_id,country_id,code,default_name",
            [.. Regions.Select((region, index) => new object?[] { index + 1, "US", region.Code, region.Name })]),
        BulkTable.Fixed("directory_country_region_name", "locale,region_id,name", [.. Regions.Select((region, index) => new object?[] { "en_US", index + 1, region.Name })]),
        BulkTable.Fixed("customer_group", "customer_group_id,customer_group_code,tax_class_id",
            [[0, "NOT LOGGED IN", 3], [1, "General", 3], [2, "Wholesale", 3], [3, "Retailer", 3]]),
        BulkTable.Fixed("tax_class", "class_id,class_name,class_type", [[2, "Taxable Goods", "PRODUCT"], [3, "Retail Customer", "CUSTOMER"]]),
        BulkTable.Fixed("cataloginventory_stock", "stock_id,website_id,stock_name", [[1, 0, "Default"]]),
        BulkTable.Fixed("inventory_stock", "stock_id,name", [[1, "Default Stock"], [2, "Outlet Stock"]]),
        BulkTable.Fixed("inventory_source", "source_code,name,enabled,latitude,longitude,country_id,city,postcode,contact_name,email",
        [
            ["default", "Default Source", 1, 0m, 0m, "US", null, "00000", null, null],
            ["outlet_wh", "Outlet Warehouse", 1, 30.27m, -97.74m, "US", "Austin", "73301", "Warehouse", "warehouse@example.com"],
            ["berlin", "Berlin Warehouse", 1, 52.52m, 13.4m, "DE", "Berlin", "10115", "Lager", "lager@example.com"],
        ]),
        BulkTable.Fixed("inventory_source_stock_link", "stock_id,source_code,priority", [[1, "default", 1], [2, "outlet_wh", 1], [2, "berlin", 2]]),
        BulkTable.Fixed("inventory_stock_sales_channel", "type,code,stock_id", [["website", "base", 1], ["website", "outlet", 2]]),
        BulkTable.Fixed("sales_sequence_meta", "meta_id,entity_type,store_id,sequence_table",
            [.. Sequences().Select(one => new object?[] { one.Id, one.Document, one.Store, $"sequence_{one.Document}_{one.Store}" })]),
        BulkTable.Fixed("sales_sequence_profile", "meta_id,prefix,start_value,step,max_value,warning_value,is_active",
            [.. Sequences().Select(one => new object?[] { one.Id, one.Store <= StoreIds.Default ? null : $"{one.Store}", 1, 1, 2147483647, 2147483647 - 10000, 1 })]),
        BulkTable.Fixed("sales_order_status", "status,label",
            [["pending", "Pending"], ["processing", "Processing"], ["complete", "Complete"], ["closed", "Closed"], ["canceled", "Canceled"], ["holded", "On Hold"]]),
        BulkTable.Fixed("sales_order_status_state", "status,state,is_default,visible_on_front",
        [
            ["pending", "new", 1, 1], ["processing", "processing", 1, 1], ["complete", "complete", 1, 1], ["closed", "closed", 1, 1], ["canceled", "canceled", 1, 1], ["holded", "holded", 1, 1],
        ]),
        BulkTable.Fixed("indexer_state", "indexer_id,status,updated,hash_config",
            [.. Indexers.Select(name => new object?[] { name, "valid", LoadSettings.Opened, "" })]),
        BulkTable.Fixed("cms_page", "page_id,title,page_layout,identifier,content_heading,content,creation_time,update_time,is_active",
            [.. CmsPages.All.Select(page => new object?[] { page.Id, page.Title, "1column", page.Identifier, page.Heading, page.Content, LoadSettings.Opened, LoadSettings.Opened, 1 })]),
        BulkTable.Fixed("cms_page_store", "page_id,store_id", [.. CmsPages.All.Select(page => new object?[] { page.Id, 0 })]),
        BulkTable.Fixed("cms_block", "block_id,title,identifier,content,creation_time,update_time,is_active",
            [[1, "Footer Links Block", "footer_links_block", "<ul><li><a href=\"{{store url=\"about-us\"}}\">About us</a></li></ul>", LoadSettings.Opened, LoadSettings.Opened, 1]]),
        BulkTable.Fixed("cms_block_store", "block_id,store_id", [[1, 0]]),
        BulkTable.Fixed("salesrule", "rule_id,name,from_date,is_active,stop_rules_processing,simple_action,discount_amount,coupon_type,use_auto_generation,uses_per_coupon",
            [[1, "10% off with WELCOME10", "2026-01-05", 1, 0, "by_percent", 10m, 2, 0, 0]]),
        BulkTable.Fixed("salesrule_coupon", "coupon_id,rule_id,code,usage_per_customer,times_used,is_primary,created_at,type", [[1, 1, "WELCOME10", 0, 0, 1, LoadSettings.Opened, 0]]),
        BulkTable.Fixed("salesrule_website", "rule_id,website_id", [[1, 1], [1, 2]]),
        BulkTable.Fixed("salesrule_customer_group", "rule_id,customer_group_id", [[1, 0], [1, 1], [1, 2], [1, 3]]),
    ];

    private static IEnumerable<(int Id, string Document, int Store)> Sequences()
    {
        var id = 1;
        foreach (var store in Stores)
        {
            foreach (var document in Documents)
            {
                yield return (id++, document, store);
            }
        }
    }

    private static IEnumerable<object?[]> Configuration(LoadSettings settings)
    {
        (string Scope, int Id, string Path, string Value)[] rows =
        [
            ("default", 0, "web/unsecure/base_url", settings.BaseUrl.AbsoluteUri),
            ("default", 0, "web/secure/base_url", settings.BaseUrl.AbsoluteUri),
            ("websites", StoreIds.OutletWebsite, "web/unsecure/base_url", settings.OutletUrl.AbsoluteUri),
            ("websites", StoreIds.OutletWebsite, "web/secure/base_url", settings.OutletUrl.AbsoluteUri),
            ("default", 0, "web/seo/use_rewrites", "1"),
            ("default", 0, "general/locale/code", "en_US"),
            ("stores", StoreIds.German, "general/locale/code", "de_DE"),
            ("default", 0, "general/locale/timezone", "UTC"),
            ("default", 0, "currency/options/base", "USD"),
            ("default", 0, "currency/options/default", "USD"),
            ("default", 0, "currency/options/allow", "USD,EUR"),
            ("stores", StoreIds.German, "currency/options/default", "EUR"),
            ("default", 0, "catalog/category/root_id", "2"),
            ("default", 0, "catalog/price/scope", "1"),
            ("default", 0, "oauth/consumer/enable_integration_as_bearer", "1"),
            ("default", 0, "system/full_page_cache/caching_application", "1"),
            ("default", 0, "checkout/options/guest_checkout", "1"),
            ("default", 0, "payment/checkmo/active", "1"),
            ("default", 0, "carriers/flatrate/active", "1"),
            ("default", 0, "carriers/flatrate/price", "5.00"),
        ];
        return rows.Select(row => new object?[] { row.Scope, row.Id, row.Path, row.Value, LoadSettings.Opened });
    }
}
