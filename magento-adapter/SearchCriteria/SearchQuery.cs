using System.Globalization;

namespace Strangler.MagentoAdapter.SearchCriteria;

/// <summary>Builds <c>searchCriteria[…]</c>: filters of one group are alternatives, groups must all hold.</summary>
public sealed class SearchQuery
{
    private readonly Dictionary<string, string> _parameters = [];
    private int _groups;
    private int _sorts;

    /// <summary>Adds a group with one filter; the condition is Magento's word: <c>eq</c>, <c>like</c>, <c>in</c>, <c>gt</c> …</summary>
    public SearchQuery Where(string field, string condition, string value) => WhereAny((field, condition, value));

    /// <summary>Adds a group of which one filter must hold.</summary>
    public SearchQuery WhereAny(params ReadOnlySpan<(string Field, string Condition, string Value)> filters)
    {
        for (var filter = 0; filter < filters.Length; filter++)
        {
            var prefix = string.Create(CultureInfo.InvariantCulture, $"searchCriteria[filter_groups][{_groups}][filters][{filter}]");
            _parameters[$"{prefix}[field]"] = filters[filter].Field;
            _parameters[$"{prefix}[condition_type]"] = filters[filter].Condition;
            _parameters[$"{prefix}[value]"] = filters[filter].Value;
        }

        _groups++;
        return this;
    }

    public SearchQuery OrderBy(string field, bool descending = false)
    {
        var prefix = string.Create(CultureInfo.InvariantCulture, $"searchCriteria[sortOrders][{_sorts++}]");
        _parameters[$"{prefix}[field]"] = field;
        _parameters[$"{prefix}[direction]"] = descending ? "DESC" : "ASC";
        return this;
    }

    /// <summary>Which page, counted from 1. Without a size Magento loads everything.</summary>
    public SearchQuery Page(int number, int size)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(number, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        _parameters["searchCriteria[currentPage]"] = number.ToString(CultureInfo.InvariantCulture);
        _parameters["searchCriteria[pageSize]"] = size.ToString(CultureInfo.InvariantCulture);
        return this;
    }

    /// <summary>Only these fields, in Magento's notation: <c>items[sku,price],total_count</c>.</summary>
    public SearchQuery Fields(string fields)
    {
        _parameters["fields"] = fields;
        return this;
    }

    public IDictionary<string, string> Build() =>
        _parameters.Count > 0 ? new Dictionary<string, string>(_parameters) : new Dictionary<string, string> { ["searchCriteria"] = "" };
}
