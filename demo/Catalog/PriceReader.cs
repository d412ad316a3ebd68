using System.Globalization;
using Dapper;
using MySqlConnector;

namespace Strangler.Demo.Catalog;

/// <summary>Works out what products cost and whether they can be had, for one store view.</summary>
internal sealed class PriceReader(MySqlDataSource database, ProductReader products, TimeProvider time)
{
    public async Task<IReadOnlyList<ListedProduct>> ListAsync(IReadOnlyCollection<int> ids, StoreView store, Uri baseUrl, CancellationToken cancellationToken)
    {
        var records = await products.ListAsync(ids, store.Id, cancellationToken);
        if (records.Count == 0)
        {
            return [];
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var stock = (await connection.QueryAsync<(int Id, bool InStock)>(new CommandDefinition(
            "SELECT product_id, is_in_stock FROM cataloginventory_stock_item WHERE product_id IN @ids AND stock_id = 1", new { ids }, cancellationToken: cancellationToken)))
            .ToDictionary(row => row.Id, row => row.InStock);
        var composed = records.Where(record => record.TypeId is "configurable" or "grouped" or "bundle").Select(record => record.Id).ToList();
        var children = composed.Count == 0 ? [] : (await connection.QueryAsync<(int Parent, int Child, int? Option, bool Required)>(new CommandDefinition("""
            SELECT r.parent_id, r.child_id, s.option_id, COALESCE(o.required, 0)
            FROM catalog_product_relation r
            LEFT JOIN catalog_product_bundle_selection s ON s.parent_product_id = r.parent_id AND s.product_id = r.child_id
            LEFT JOIN catalog_product_bundle_option o ON o.option_id = s.option_id
            WHERE r.parent_id IN @composed
            """, new { composed }, cancellationToken: cancellationToken))).ToList();
        var childPrices = (await products.ListAsync([.. children.Select(row => row.Child).Distinct()], store.Id, cancellationToken)).ToDictionary(child => child.Id, FinalPrice);
        return [.. records.Select(record =>
        {
            var url = new Uri(baseUrl, $"{record["url_key"]}.html").AbsoluteUri;
            var inStock = stock.GetValueOrDefault(record.Id, true);
            if (!composed.Contains(record.Id))
            {
                return new ListedProduct(record, record.Amount("price"), FinalPrice(record), false, inStock, url);
            }

            var own = children.Where(row => row.Parent == record.Id && childPrices.GetValueOrDefault(row.Child) is not null).ToList();
            decimal? least = own.Count == 0 ? null : record.TypeId == "bundle"
                ? own.Where(row => row.Required).GroupBy(row => row.Option).Sum(option => option.Min(row => childPrices[row.Child]!.Value))
                : own.Min(row => childPrices[row.Child]);
            return new ListedProduct(record, least, least, true, inStock, url);
        })];
    }

    /// <summary>The price for one piece: the special price while it lasts and is lower.</summary>
    public decimal? FinalPrice(ProductRecord product)
    {
        var price = product.Amount("price");
        return product.Amount("special_price") is { } special && special < price && IsNow(product["special_from_date"], product["special_to_date"]) ? special : price;
    }

    private bool IsNow(string? from, string? to)
    {
        var today = time.GetUtcNow().Date;
        return (Day(from) is not { } first || first <= today) && (Day(to) is not { } last || last >= today);
    }

    private static DateTime? Day(string? text) =>
        DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var day) ? day.Date : null;
}
