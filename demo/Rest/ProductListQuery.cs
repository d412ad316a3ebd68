using System.Text;
using Dapper;
using Strangler.Demo.Catalog;

namespace Strangler.Demo.Rest;

/// <summary>
/// Turns search criteria into SQL over the product table and its value tables. Names of tables and columns come from the
/// dictionary, never from the request; values are parameters.
/// </summary>
internal sealed class ProductListQuery(AttributeCatalog attributes, IReadOnlyDictionary<string, string> columns, int store)
{
    private readonly Dictionary<string, string> _joined = [];
    private readonly StringBuilder _joins = new();
    private readonly List<string> _where = [];
    private readonly List<string> _order = [];

    public DynamicParameters Parameters { get; } = new(new { store });

    public string CountSql => $"SELECT COUNT(*) FROM catalog_product_entity e {_joins} {WhereSql}";

    public bool Knows(string field) =>
        columns.ContainsKey(field) || field is "category_id" or "website_id" or "store_id" or "store" or "position" || (attributes.ByCode.TryGetValue(field, out var attribute) && attribute.Backend != "static");

    public void Apply(SearchCriteria criteria)
    {
        // The list only knows products that have a status and a visibility in the default scope.
        foreach (var code in new[] { "status", "visibility" })
        {
            _joins.Append($" JOIN catalog_product_entity_int has_{code} ON has_{code}.entity_id = e.entity_id AND has_{code}.attribute_id = {attributes.Id(code)} AND has_{code}.store_id = 0");
        }

        foreach (var group in criteria.Groups.Where(group => group.Count > 0))
        {
            _where.Add("(" + string.Join(" OR ", group.Select(Condition)) + ")");
        }

        foreach (var sort in criteria.Sorts.Where(sort => columns.ContainsKey(sort.Field) || attributes.ByCode.ContainsKey(sort.Field)))
        {
            _order.Add(Expression(sort.Field) + (sort.Descending ? " DESC" : ""));
        }

        _order.Add("e.entity_id");
    }

    public string IdSql(int take, int skip) =>
        $"SELECT e.entity_id FROM catalog_product_entity e {_joins} {WhereSql} ORDER BY {string.Join(", ", _order)} LIMIT {take} OFFSET {skip}";

    private string WhereSql => _where.Count == 0 ? "" : "WHERE " + string.Join(" AND ", _where);

    private string Condition(CriteriaFilter filter)
    {
        var value = Parameter(filter.Value);
        if (filter.Field is "category_id" or "website_id")
        {
            var table = filter.Field == "category_id" ? "catalog_category_product" : "catalog_product_website";
            var inner = filter.Condition is "in" or "nin" ? $"{filter.Field} IN @{List(filter.Value)}" : $"{filter.Field} = {value}";
            return $"e.entity_id {(filter.Condition is "neq" or "nin" ? "NOT IN" : "IN")} (SELECT product_id FROM {table} WHERE {inner})";
        }

        if (filter.Field is "store_id" or "store" or "position")
        {
            return "1 = 1";
        }

        var field = Expression(filter.Field);
        return filter.Condition switch
        {
            "neq" => $"{field} <> {value}",
            "like" => $"{field} LIKE {value}",
            "nlike" => $"{field} NOT LIKE {value}",
            "gt" => $"{field} > {value}",
            "lt" => $"{field} < {value}",
            "gteq" or "from" => $"{field} >= {value}",
            "lteq" or "to" => $"{field} <= {value}",
            "in" => $"{field} IN @{List(filter.Value)}",
            "nin" => $"{field} NOT IN @{List(filter.Value)}",
            "null" => $"{field} IS NULL",
            "notnull" => $"{field} IS NOT NULL",
            "finset" => $"FIND_IN_SET({value}, {field})",
            "regexp" => $"{field} REGEXP {value}",
            // Any other condition means equality, as Magento has it.
            _ => $"{field} = {value}",
        };
    }

    private string Expression(string field)
    {
        if (columns.TryGetValue(field, out var column))
        {
            return column;
        }

        if (_joined.TryGetValue(field, out var known))
        {
            return known;
        }

        var attribute = attributes.ByCode[field];
        var alias = $"v{_joined.Count}";
        var table = $"catalog_product_entity_{attribute.Backend}";
        _joins.Append($" LEFT JOIN {table} {alias}d ON {alias}d.entity_id = e.entity_id AND {alias}d.attribute_id = {attribute.Id} AND {alias}d.store_id = 0");
        _joins.Append($" LEFT JOIN {table} {alias}s ON {alias}s.entity_id = e.entity_id AND {alias}s.attribute_id = {attribute.Id} AND {alias}s.store_id = @store");
        return _joined[field] = $"IF({alias}s.value_id IS NULL, {alias}d.value, {alias}s.value)";
    }

    private string Parameter(string value)
    {
        var name = $"p{Parameters.ParameterNames.Count()}";
        Parameters.Add(name, value);
        return "@" + name;
    }

    private string List(string value)
    {
        var name = $"p{Parameters.ParameterNames.Count()}";
        Parameters.Add(name, value.Split(',', StringSplitOptions.TrimEntries));
        return name;
    }
}
