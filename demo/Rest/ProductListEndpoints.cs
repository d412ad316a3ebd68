using System.Text.Json.Nodes;
using Dapper;
using MySqlConnector;
using Strangler.Demo.Catalog;
using Strangler.WebApi.Errors;

namespace Strangler.Demo.Rest;

/// <summary>The product list by search criteria.</summary>
internal sealed class ProductListEndpoints(MySqlDataSource database, AttributeDirectory attributes, ProductReader products, ProductJson json)
{
    // No page size means all; the demo stops there, so that a million products are not one answer.
    private const int MostItems = 1000;

    private static readonly Dictionary<string, string> Columns = new()
    {
        ["entity_id"] = "e.entity_id",
        ["id"] = "e.entity_id",
        ["sku"] = "e.sku",
        ["type_id"] = "e.type_id",
        ["attribute_set_id"] = "e.attribute_set_id",
        ["created_at"] = "e.created_at",
        ["updated_at"] = "e.updated_at",
        ["has_options"] = "e.has_options",
        ["required_options"] = "e.required_options",
    };

    public IEnumerable<RestRoute> Routes => [new("GET", "products", ProductEndpoints.Resource, ListAsync)];

    private async Task<RestAnswer> ListAsync(RestRequest request)
    {
        var (criteria, fault) = SearchCriteria.Read(request.Http.Request.Query);
        if (fault is not null)
        {
            return RestAnswer.Fail(fault);
        }

        var query = new ProductListQuery(await attributes.GetAsync(request.Cancelled), Columns, request.Store.Id);
        foreach (var field in criteria!.Groups.SelectMany(group => group).Select(filter => filter.Field).Concat(criteria.Sorts.Select(sort => sort.Field)))
        {
            if (!query.Knows(field))
            {
                return RestAnswer.Fail(new WebApiError(400, "The \"%1\" attribute name is invalid. Reset the name and try again.", new ErrorParameter(null, field)));
            }
        }

        query.Apply(criteria);
        await using var connection = await database.OpenConnectionAsync(request.Cancelled);
        var ids = (await connection.QueryAsync<int>(new CommandDefinition(query.IdSql(Math.Min(criteria.PageSize ?? MostItems, MostItems), criteria.Skip), query.Parameters, cancellationToken: request.Cancelled))).ToList();
        var total = await connection.ExecuteScalarAsync<int>(new CommandDefinition(query.CountSql, query.Parameters, cancellationToken: request.Cancelled));
        var items = new JsonArray();
        foreach (var product in await products.ListAsync(ids, request.Store.Id, request.Cancelled))
        {
            items.Add(await json.BuildAsync(product, request.Store, withStock: false, request.Cancelled));
        }

        return RestAnswer.Of(new JsonObject { ["items"] = items, ["search_criteria"] = criteria.Echo(), ["total_count"] = total }, touchedSession: items.Count > 0);
    }
}
