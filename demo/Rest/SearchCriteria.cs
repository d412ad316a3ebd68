using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Strangler.WebApi.Errors;

namespace Strangler.Demo.Rest;

internal sealed record CriteriaFilter(string Field, string Value, string Condition);

internal sealed record CriteriaSort(string Field, bool Descending);

/// <summary>The <c>searchCriteria</c> of a list query: groups are ANDed, the filters in one are ORed.</summary>
internal sealed partial record SearchCriteria(IReadOnlyList<IReadOnlyList<CriteriaFilter>> Groups, IReadOnlyList<CriteriaSort> Sorts, int? PageSize, int? CurrentPage)
{
    public int Skip => PageSize is { } size ? (Math.Max(CurrentPage ?? 1, 1) - 1) * size : 0;

    public static (SearchCriteria? Criteria, WebApiError? Fault) Read(IQueryCollection query)
    {
        var mine = query.Where(pair => Prefix().IsMatch(pair.Key)).ToList();
        if (mine.Count == 0)
        {
            return (null, WebApiError.Required("searchCriteria"));
        }

        var filters = new SortedDictionary<int, SortedDictionary<int, Dictionary<string, string>>>();
        var sorts = new SortedDictionary<int, Dictionary<string, string>>();
        int? size = null, page = null;
        foreach (var (key, value) in mine)
        {
            var path = Part().Matches(key).Select(match => Snake(match.Groups[1].Value)).ToArray();
            switch (path)
            {
                case []:
                    break;
                case ["filter_groups", var group, "filters", var filter, var part] when int.TryParse(group, out var groupIndex) && int.TryParse(filter, out var filterIndex):
                    Entry(Entry(filters, groupIndex), filterIndex)[part] = value.ToString();
                    break;
                case ["sort_orders", var sort, var part] when int.TryParse(sort, out var sortIndex):
                    Entry(sorts, sortIndex)[part] = value.ToString();
                    break;
                case ["page_size" or "current_page"]:
                    if (value.ToString().Length > 0 && !int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out _))
                    {
                        return (null, new WebApiError(400, $"Error occurred during \"{(path[0] == "page_size" ? "pageSize" : "currentPage")}\" processing. The \"{value}\" value's type is invalid. The \"int\" type was expected. Verify and try again."));
                    }

                    (size, page) = path[0] == "page_size" ? (Number(value), page) : (size, Number(value));
                    break;
                case ["filter_groups", ..] or ["sort_orders", ..]:
                    break;
                default:
                    return (null, new WebApiError(400, "\"%fieldName\" is not supported. Correct the field name and try again.", new ErrorParameter("fieldName", UpperCamel(path[0]))));
            }
        }

        if (sorts.Values.Any(sort => sort.GetValueOrDefault("direction", "ASC").ToUpperInvariant() is not ("ASC" or "DESC")))
        {
            return (null, new WebApiError(400, "The sort order has to be specified as %1 for ascending order or %2 for descending order.", new ErrorParameter(null, "ASC"), new ErrorParameter(null, "DESC")));
        }

        return (new SearchCriteria(
            [.. filters.Values.Select(group => group.Values.Select(filter =>
                new CriteriaFilter(filter.GetValueOrDefault("field", ""), filter.GetValueOrDefault("value", ""), filter.GetValueOrDefault("condition_type", "eq"))).ToList())],
            [.. sorts.Values.Select(sort => new CriteriaSort(sort.GetValueOrDefault("field", ""), sort.GetValueOrDefault("direction", "ASC").Equals("DESC", StringComparison.OrdinalIgnoreCase)))],
            size, page), null);
    }

    /// <summary>The criteria as the answer repeats them.</summary>
    public JsonObject Echo()
    {
        var json = new JsonObject
        {
            ["filter_groups"] = new JsonArray([.. Groups.Select(group => new JsonObject
            {
                ["filters"] = new JsonArray([.. group.Select(filter => new JsonObject { ["field"] = filter.Field, ["value"] = filter.Value, ["condition_type"] = filter.Condition })]),
            })]),
        };
        if (Sorts.Count > 0)
        {
            json["sort_orders"] = new JsonArray([.. Sorts.Select(sort => new JsonObject { ["field"] = sort.Field, ["direction"] = sort.Descending ? "DESC" : "ASC" })]);
        }

        if (PageSize is { } size)
        {
            json["page_size"] = size;
        }

        if (CurrentPage is { } page)
        {
            json["current_page"] = page;
        }

        return json;
    }

    private static int? Number(string? text) => int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static TValue Entry<TValue>(SortedDictionary<int, TValue> map, int key) where TValue : new()
    {
        if (!map.TryGetValue(key, out var value))
        {
            map[key] = value = new TValue();
        }

        return value;
    }

    private static string Snake(string name) => Capital().Replace(name, match => "_" + match.Value.ToLowerInvariant());

    private static string UpperCamel(string key) => string.Concat(key.Split('_').Where(part => part.Length > 0).Select(part => char.ToUpperInvariant(part[0]) + part[1..]));

    [GeneratedRegex(@"^search_?[cC]riteria(\[|$)")]
    private static partial Regex Prefix();

    [GeneratedRegex(@"\[([^\]]*)\]")]
    private static partial Regex Part();

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();
}
