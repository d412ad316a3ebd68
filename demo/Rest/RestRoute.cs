namespace Strangler.Demo.Rest;

/// <summary>One route of the web API: segments of its pattern, a colon before a parameter, and the resource a caller must be allowed.</summary>
internal sealed record RestRoute(string Method, string Pattern, string Resource, Func<RestRequest, Task<RestAnswer>> Handle)
{
    public const string Anonymous = "anonymous";
    public const string Self = "self";

    private readonly string[] _segments = Pattern.Split('/');

    public IReadOnlyList<string>? Match(string method, IReadOnlyList<string> path)
    {
        if (method != Method || path.Count != _segments.Length)
        {
            return null;
        }

        var parameters = new List<string>();
        for (var index = 0; index < _segments.Length; index++)
        {
            if (_segments[index][0] == ':')
            {
                parameters.Add(path[index]);
            }
            else if (_segments[index] != path[index])
            {
                return null;
            }
        }

        return parameters;
    }

    /// <summary>Open to everybody where the store's configuration allows insecure access.</summary>
    public bool MayBeOpen => Method == "GET" && Resource is ("Magento_Catalog::products" or "Magento_Catalog::categories" or "Magento_Backend::store");

    public bool Allows(CallerKind caller) => Resource switch
    {
        Anonymous => true,
        Self => caller == CallerKind.Customer,
        _ => caller is CallerKind.Admin or CallerKind.Integration,
    };
}
