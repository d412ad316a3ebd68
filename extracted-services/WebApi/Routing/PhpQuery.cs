using System.Net;

namespace Strangler.WebApi.Routing;

/// <summary>
/// The query string as PHP's <c>$_GET</c> has it, as far as scalar parameters go: the last of a name wins, a plus is a space, a name
/// with a bracket is an array under what stands before it.
/// </summary>
public sealed class PhpQuery
{
    private readonly Dictionary<string, string?> _values = new(StringComparer.Ordinal);

    private PhpQuery()
    {
    }

    /// <summary>Nothing was asked.</summary>
    public static PhpQuery Empty { get; } = new();

    public static PhpQuery Parse(string query)
    {
        if (query.Length == 0)
        {
            return Empty;
        }

        var result = new PhpQuery();
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            var name = WebUtility.UrlDecode(equals < 0 ? pair : pair[..equals]).TrimStart(' ');
            var bracket = name.IndexOf('[', StringComparison.Ordinal);
            var isArray = bracket > 0 && name.IndexOf(']', bracket) > 0;
            if (name.Length == 0)
            {
                continue;
            }

            // PHP cannot have dots and spaces in a variable's name.
            var key = (isArray ? name[..bracket] : name).Replace('.', '_').Replace(' ', '_');
            result._values[key] = isArray ? null : WebUtility.UrlDecode(equals < 0 ? "" : pair[(equals + 1)..]);
        }

        return result;
    }

    /// <summary>Whether the parameter was sent; <paramref name="value"/> is null when it is an array.</summary>
    public bool TryGet(string name, out string? value) => _values.TryGetValue(name, out value);
}
