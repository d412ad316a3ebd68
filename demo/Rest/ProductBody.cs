using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strangler.Demo.Catalog;
using Strangler.WebApi.Errors;

namespace Strangler.Demo.Rest;

/// <summary>Reads the <c>product</c> of a write: which keys there are, what type each has, and what they change.</summary>
internal sealed class ProductBody
{
    private static readonly Dictionary<string, string> Keys = new()
    {
        ["id"] = "int",
        ["sku"] = "string",
        ["name"] = "string",
        ["attribute_set_id"] = "int",
        ["price"] = "float",
        ["status"] = "int",
        ["visibility"] = "int",
        ["type_id"] = "string",
        ["created_at"] = "string",
        ["updated_at"] = "string",
        ["weight"] = "float",
        ["extension_attributes"] = "object",
        ["product_links"] = "array",
        ["options"] = "array",
        ["media_gallery_entries"] = "array",
        ["tier_prices"] = "array",
        ["custom_attributes"] = "array",
    };

    private static readonly string[] Values = ["name", "price", "status", "visibility", "weight"];

    private readonly JsonObject _product;

    private ProductBody(JsonObject product)
    {
        _product = product;
    }

    public string? Sku => Text("sku");

    public string? TypeId => Text("type_id");

    public int? AttributeSetId => Text("attribute_set_id") is { } set ? int.Parse(set, CultureInfo.InvariantCulture) : null;

    public bool Has(string key) => _product.ContainsKey(key);

    public static (ProductBody? Body, WebApiError? Fault) Read(JsonObject? body)
    {
        if (body?["product"] is not JsonObject product)
        {
            return (null, WebApiError.Required("product"));
        }

        foreach (var (key, value) in product)
        {
            if (!Keys.TryGetValue(key, out var type))
            {
                return (null, new WebApiError(400, "\"%fieldName\" is not supported. Correct the field name and try again.", new ErrorParameter("fieldName", UpperCamel(key))));
            }

            if (value is JsonValue scalar && !Fits(scalar, type))
            {
                return (null, new WebApiError(400,
                    $"Error occurred during \"{key}\" processing. The \"{scalar}\" value's type is invalid. The \"{type}\" type was expected. Verify and try again."));
            }
        }

        return (new ProductBody(product), null);
    }

    public ProductChange Change(int productId, int store)
    {
        var change = new ProductChange(productId, store);
        foreach (var key in Values.Where(Has))
        {
            change.Values[key] = Text(key);
        }

        foreach (var entry in (_product["custom_attributes"] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (entry["attribute_code"]?.ToString() is { } code)
            {
                change.Values[code] = entry["value"] switch { JsonArray list => string.Join(',', list), JsonNode value when value.ToString() is { Length: > 0 } text => text, _ => null };
            }
        }

        if (_product["extension_attributes"] is JsonObject extension)
        {
            ReadExtension(extension, change);
        }

        return change;
    }

    public static (decimal? Qty, bool? IsInStock) Stock(JsonObject stock) =>
        (stock["qty"] is { } qty ? decimal.Parse(qty.ToString(), CultureInfo.InvariantCulture) : null, stock["is_in_stock"] is { } flag ? flag.ToString() is "true" or "1" : null);

    private static void ReadExtension(JsonObject extension, ProductChange change)
    {
        if (extension["stock_item"] is JsonObject stock)
        {
            (change.Qty, change.IsInStock) = Stock(stock);
        }

        if (extension["website_ids"] is JsonArray websites)
        {
            change.WebsiteIds = [.. websites.Select(id => int.Parse(id!.ToString(), CultureInfo.InvariantCulture))];
        }

        if (extension["category_links"] is JsonArray links)
        {
            change.Categories = [.. links.OfType<JsonObject>().Select(link => new CategoryLink
            {
                CategoryId = int.Parse(link["category_id"]!.ToString(), CultureInfo.InvariantCulture), Position = int.Parse(link["position"]?.ToString() ?? "0", CultureInfo.InvariantCulture),
            })];
        }
    }

    private string? Text(string key) => _product[key] switch { null => null, JsonValue value => value.ToString(), _ => null };

    private static bool Fits(JsonValue value, string type)
    {
        var isText = value.GetValueKind() == JsonValueKind.String;
        return type switch
        {
            "int" => !isText || int.TryParse(value.GetValue<string>(), NumberStyles.Integer, CultureInfo.InvariantCulture, out _),
            "float" => !isText || decimal.TryParse(value.GetValue<string>(), NumberStyles.Float, CultureInfo.InvariantCulture, out _),
            "array" or "object" => false,
            _ => true,
        };
    }

    private static string UpperCamel(string key) => string.Concat(key.Split('_').Where(part => part.Length > 0).Select(part => char.ToUpperInvariant(part[0]) + part[1..]));
}
