namespace Strangler.WebApi.Stores;

/// <summary>
/// The store views of a shop and which of them a request means: the code in the path, else the <c>___store</c> parameter or the
/// <c>store</c> cookie if that view is one of the host's website, else the host's default view. Immutable.
/// </summary>
public sealed class StoreDirectory
{
    private static readonly string[] BaseUrlPaths = ["web/unsecure/base_url", "web/secure/base_url"];

    private readonly Dictionary<string, StoreView> _byCode;
    private readonly Dictionary<int, StoreView> _byId;
    private readonly IReadOnlyList<Website> _websites;
    private readonly Dictionary<string, RunCode> _runCodes;

    public StoreDirectory(
        IReadOnlyList<StoreView> stores, IReadOnlyList<Website> websites, MagentoConfig config, IEnumerable<RunCode> runCodes)
    {
        Stores = stores;
        _websites = websites;
        _byCode = stores.Where(store => store.Id != StoreView.AdminId).ToDictionary(store => store.Code, StringComparer.Ordinal);
        _byId = stores.ToDictionary(store => store.Id);
        _runCodes = Derive(config);
        foreach (var runCode in runCodes)
        {
            _runCodes[runCode.Host] = runCode;
        }
    }

    /// <summary>Every store view, the admin scope included.</summary>
    public IReadOnlyList<StoreView> Stores { get; }

    /// <summary>Whether a path segment names a store view; the admin's code does not.</summary>
    public bool IsCode(string code) => _byCode.ContainsKey(code);

    public StoreView? ById(int id) => _byId.GetValueOrDefault(id);

    public StoreView? ByCode(string code) => _byCode.GetValueOrDefault(code);

    /// <summary>The store view of a path without a code. Null when Magento alone can say.</summary>
    public StoreView? ByHost(string host, string? requestedCode)
    {
        var runCode = _runCodes.GetValueOrDefault(WithoutPort(host));
        if (runCode is { Type: "store" })
        {
            // Which other views such a host may switch to depends on the group; only the plain case is sure.
            return string.IsNullOrEmpty(requestedCode) || requestedCode == runCode.Code ? Active(ByCode(runCode.Code)) : null;
        }

        var website = runCode is null
            ? _websites.FirstOrDefault(candidate => candidate.IsDefault)
            : _websites.FirstOrDefault(candidate => candidate.Code == runCode.Code);
        if (website is null)
        {
            return null;
        }

        var requested = string.IsNullOrEmpty(requestedCode) ? null : Active(ByCode(requestedCode));
        return requested?.WebsiteId == website.Id ? requested : Active(ById(website.DefaultStoreId));
    }

    private static StoreView? Active(StoreView? store) => store is { IsActive: true } ? store : null;

    private static string WithoutPort(string host)
    {
        var colon = host.LastIndexOf(':');
        return colon > 0 && host[^1] != ']' ? host[..colon] : host;
    }

    // A web server that serves several websites sets the run code by host; those hosts are the ones in the websites' base URLs.
    private Dictionary<string, RunCode> Derive(MagentoConfig config)
    {
        var derived = new Dictionary<string, RunCode>(StringComparer.OrdinalIgnoreCase);
        var defaults = config.Rows.Where(row => row.Scope == "default" && BaseUrlPaths.Contains(row.Path)).Select(HostOf).ToHashSet();
        foreach (var row in config.Rows.Where(row => BaseUrlPaths.Contains(row.Path) && row.Scope != "default"))
        {
            if (HostOf(row) is not { } host || defaults.Contains(host))
            {
                continue;
            }

            var code = row.Scope == "websites"
                ? _websites.FirstOrDefault(website => website.Id == row.ScopeId)?.Code
                : ById(row.ScopeId)?.Code;
            if (code is not null && !(derived.TryGetValue(host, out var known) && known.Type == "website"))
            {
                derived[host] = new RunCode { Host = host, Code = code, Type = row.Scope == "websites" ? "website" : "store" };
            }
        }

        return derived;
    }

    private static string? HostOf(ConfigRow row) => Uri.TryCreate(row.Value, UriKind.Absolute, out var url) ? url.Host : null;
}
