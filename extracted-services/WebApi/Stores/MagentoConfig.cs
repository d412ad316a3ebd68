using System.Globalization;

namespace Strangler.WebApi.Stores;

/// <summary>One row of <c>core_config_data</c>.</summary>
public readonly record struct ConfigRow(string Scope, int ScopeId, string Path, string? Value);

/// <summary>
/// Configuration by scope: a store view's value, else its website's, else the default. It knows only what the database says;
/// values from Magento's deployment files must be given by the caller as its fallbacks. Immutable.
/// </summary>
public sealed class MagentoConfig
{
    private readonly Dictionary<(string Scope, int Id, string Path), string?> _values;

    public MagentoConfig(IEnumerable<ConfigRow> rows)
    {
        Rows = [.. rows];
        _values = Rows.GroupBy(row => (row.Scope, row.ScopeId, row.Path)).ToDictionary(group => group.Key, group => group.Last().Value);
    }

    /// <summary>Every row it was made of.</summary>
    public IReadOnlyList<ConfigRow> Rows { get; }

    /// <summary>The value for a store view; null when no scope has one.</summary>
    public string? Get(string path, StoreView? store = null)
    {
        if (store is not null && store.Id != StoreView.AdminId)
        {
            if (_values.TryGetValue(("stores", store.Id, path), out var storeValue))
            {
                return storeValue;
            }

            if (_values.TryGetValue(("websites", store.WebsiteId, path), out var websiteValue))
            {
                return websiteValue;
            }
        }

        return _values.GetValueOrDefault(("default", 0, path));
    }

    /// <summary>The value as PHP's boolean cast sees it.</summary>
    public bool Flag(string path, bool fallback, StoreView? store = null) =>
        Get(path, store) is { } value ? value is not ("" or "0") : fallback;

    /// <summary>The value as a number; what is none counts as zero, as in PHP.</summary>
    public double Number(string path, double fallback, StoreView? store = null)
    {
        if (Get(path, store) is not { } value)
        {
            return fallback;
        }

        return double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    /// <summary>Whether any website or store view has its own value for a path that starts so.</summary>
    public bool HasScopedValues(string pathPrefix) =>
        Rows.Any(row => row.Scope != "default" && row.Path.StartsWith(pathPrefix, StringComparison.Ordinal));
}
