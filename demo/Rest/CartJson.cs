using System.Text.Json.Nodes;
using Dapper;
using MySqlConnector;
using Strangler.Demo.Cart;
using Strangler.Demo.Catalog;

namespace Strangler.Demo.Rest;

/// <summary>Carts, their rows and totals as the web API shows them.</summary>
internal sealed class CartJson(MySqlDataSource database, StoreDirectory stores)
{
    public static JsonObject Item(CartLine line, string quoteId) => new()
    {
        ["item_id"] = line.ItemId,
        ["sku"] = line.Sku,
        ["qty"] = PhpJson.Float(line.Qty),
        ["name"] = line.Name,
        ["price"] = PhpJson.Float(line.Price),
        ["product_type"] = line.TypeId,
        ["quote_id"] = quoteId,
    };

    public async Task<JsonObject> CartAsync(CartView cart, CancellationToken cancellationToken)
    {
        var store = await stores.GetAsync(cart.StoreId, cancellationToken);
        var items = cart.Lines.Select(line => Item(line, $"{cart.QuoteId}")).ToList();
        var addresses = await AddressesAsync(cart.QuoteId, cancellationToken);
        var shipping = addresses.FirstOrDefault(address => address.Type == "shipping");
        var assigned = items.Count == 0 || cart.IsVirtual ? new JsonArray() : new JsonArray(new JsonObject
        {
            ["shipping"] = new JsonObject { ["address"] = shipping is null ? null : Address(shipping), ["method"] = shipping?.Method },
            ["items"] = new JsonArray([.. items.Select(item => item.DeepClone())]),
        });
        return new JsonObject
        {
            ["id"] = cart.QuoteId,
            ["created_at"] = cart.CreatedAt,
            ["updated_at"] = cart.UpdatedAt,
            ["is_active"] = cart.IsActive,
            ["is_virtual"] = cart.IsVirtual,
            ["items"] = new JsonArray([.. items]),
            ["items_count"] = items.Count,
            ["items_qty"] = PhpJson.Float(cart.Qty),
            ["customer"] = new JsonObject { ["email"] = null, ["firstname"] = null, ["lastname"] = null },
            ["billing_address"] = addresses.FirstOrDefault(address => address.Type == "billing") is { } billing ? Address(billing) : null,
            ["orig_order_id"] = 0,
            ["currency"] = new JsonObject
            {
                ["global_currency_code"] = "USD",
                ["base_currency_code"] = "USD",
                ["store_currency_code"] = "USD",
                ["quote_currency_code"] = cart.Currency,
                ["store_to_base_rate"] = 0,
                ["store_to_quote_rate"] = 0,
                ["base_to_global_rate"] = 1,
                ["base_to_quote_rate"] = PhpJson.Float(store.Rate),
            },
            ["customer_is_guest"] = true,
            ["customer_note_notify"] = true,
            ["customer_tax_class_id"] = 3,
            ["store_id"] = cart.StoreId,
            ["extension_attributes"] = new JsonObject { ["shipping_assignments"] = assigned },
        };
    }

    public async Task<JsonObject> TotalsAsync(CartView cart, CancellationToken cancellationToken)
    {
        var rate = (await stores.GetAsync(cart.StoreId, cancellationToken)).Rate;
        JsonNode? Base(decimal amount) => PhpJson.Float(Math.Round(amount / rate, 2));
        return new JsonObject
        {
            ["grand_total"] = PhpJson.Float(cart.GrandTotal),
            ["base_grand_total"] = Base(cart.GrandTotal),
            ["subtotal"] = PhpJson.Float(cart.Subtotal),
            ["base_subtotal"] = Base(cart.Subtotal),
            ["discount_amount"] = 0,
            ["base_discount_amount"] = 0,
            ["subtotal_with_discount"] = PhpJson.Float(cart.Subtotal),
            ["base_subtotal_with_discount"] = Base(cart.Subtotal),
            ["shipping_amount"] = PhpJson.Float(cart.Shipping),
            ["base_shipping_amount"] = Base(cart.Shipping),
            ["shipping_discount_amount"] = 0,
            ["base_shipping_discount_amount"] = 0,
            ["tax_amount"] = 0,
            ["base_tax_amount"] = 0,
            ["weee_tax_applied_amount"] = null,
            ["shipping_tax_amount"] = 0,
            ["base_shipping_tax_amount"] = 0,
            ["subtotal_incl_tax"] = PhpJson.Float(cart.Subtotal),
            ["shipping_incl_tax"] = PhpJson.Float(cart.Shipping),
            ["base_shipping_incl_tax"] = Base(cart.Shipping),
            ["base_currency_code"] = "USD",
            ["quote_currency_code"] = cart.Currency,
            ["items_qty"] = (int)cart.Qty,
            ["items"] = new JsonArray([.. cart.Lines.Select(line => new JsonObject
            {
                ["item_id"] = line.ItemId, ["price"] = PhpJson.Float(line.Price), ["base_price"] = Base(line.Price), ["qty"] = PhpJson.Float(line.Qty), ["row_total"] = PhpJson.Float(line.RowTotal),
                ["base_row_total"] = Base(line.RowTotal), ["row_total_with_discount"] = 0, ["tax_amount"] = 0, ["base_tax_amount"] = 0, ["tax_percent"] = 0, ["discount_amount"] = 0,
                ["base_discount_amount"] = 0, ["discount_percent"] = 0, ["price_incl_tax"] = PhpJson.Float(line.Price), ["base_price_incl_tax"] = Base(line.Price),
                ["row_total_incl_tax"] = PhpJson.Float(line.RowTotal), ["base_row_total_incl_tax"] = Base(line.RowTotal),
                ["options"] = PhpJson.ToText(new JsonArray([.. line.Options.Select(option => new JsonObject { ["value"] = option.Value, ["label"] = option.Label })])),
                ["weee_tax_applied_amount"] = null, ["weee_tax_applied"] = null, ["name"] = line.Name,
            })]),
            ["total_segments"] = new JsonArray(
                Segment("subtotal", "Subtotal", cart.Subtotal),
                Segment("shipping", cart.Shipping > 0 ? "Shipping & Handling (Flat Rate - Fixed)" : "Shipping & Handling", cart.Shipping),
                new JsonObject { ["code"] = "tax", ["title"] = "Tax", ["value"] = 0, ["extension_attributes"] = new JsonObject { ["tax_grandtotal_details"] = new JsonArray() } },
                new JsonObject { ["code"] = "grand_total", ["title"] = "Grand Total", ["value"] = PhpJson.Float(cart.GrandTotal), ["area"] = "footer" }),
        };
    }

    private static JsonObject Segment(string code, string title, decimal value) => new() { ["code"] = code, ["title"] = title, ["value"] = PhpJson.Float(value) };

    private async Task<IReadOnlyList<AddressRow>> AddressesAsync(int quoteId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return [.. await connection.QueryAsync<AddressRow>(new CommandDefinition("""
            SELECT address_id AS Id, address_type AS Type, region AS Region, region_id AS RegionId, country_id AS CountryId, street AS Street, telephone AS Telephone, postcode AS Postcode, city AS City,
                   firstname AS FirstName, lastname AS LastName, email AS Email, shipping_method AS Method FROM quote_address WHERE quote_id = @quoteId ORDER BY address_id
            """, new { quoteId }, cancellationToken: cancellationToken))];
    }

    private static JsonObject Address(AddressRow row) => new()
    {
        ["id"] = row.Id,
        ["region"] = row.Region,
        ["region_id"] = row.RegionId,
        ["region_code"] = row.Region,
        ["country_id"] = row.CountryId,
        ["street"] = new JsonArray([.. (row.Street ?? "").Split('\n').Select(line => (JsonNode)line)]),
        ["telephone"] = row.Telephone,
        ["postcode"] = row.Postcode,
        ["city"] = row.City,
        ["firstname"] = row.FirstName,
        ["lastname"] = row.LastName,
        ["email"] = row.Email,
        ["same_as_billing"] = 0,
        ["save_in_address_book"] = 0,
    };

    private sealed class AddressRow
    {
        public int Id { get; set; }

        public string Type { get; set; } = "";

        public string? Region { get; set; }

        public int? RegionId { get; set; }

        public string? CountryId { get; set; }

        public string? Street { get; set; }

        public string? Telephone { get; set; }

        public string? Postcode { get; set; }

        public string? City { get; set; }

        public string? FirstName { get; set; }

        public string? LastName { get; set; }

        public string? Email { get; set; }

        public string? Method { get; set; }
    }
}
