using System.Text;
using Microsoft.Extensions.Options;

namespace Strangler.Proxy.EdgeCache.Pages;

/// <summary>What a request's target says about the store of pages: the classes of the configuration that Magento ships for Varnish.</summary>
internal sealed class PageTarget(IOptions<PageOptions> options)
{
    private static readonly string[] Marketing =
        ["gclid", "cx", "ie", "cof", "siteurl", "zanpid", "origin", "fbclid", "mc_*", "utm_*", "_bta_*"];

    private static readonly string[] Past = ["/static/", "/media/", "/rest/", "/soap/"];

    private readonly string[] _ignored = [.. options.Value.KeepMarketingParameters ? [] : Marketing, .. options.Value.IgnoredParameters];

    /// <summary>Files, Magento's REST and its health go past the store, exactly as without one.</summary>
    public static bool GoesPast(string target)
    {
        var path = PathOf(target);
        if (path.StartsWith("/pub/", StringComparison.Ordinal))
        {
            path = path[4..];
        }

        foreach (var prefix in Past)
        {
            if (path.StartsWith(prefix, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return path is "/health_check.php" or "/soap" || !path.StartsWith('/');
    }

    /// <summary>Of one shopper, whatever the answer says.</summary>
    public static bool IsPersonal(string target) =>
        target.Contains("/customer", StringComparison.Ordinal) || target.Contains("/checkout", StringComparison.Ordinal);

    public static bool IsGraphQl(string target) => target.Contains("/graphql", StringComparison.Ordinal);

    /// <summary>The target without the parameters that no page depends on; the rest byte by byte as it was.</summary>
    public string Strip(string target)
    {
        var question = target.IndexOf('?', StringComparison.Ordinal);
        if (question < 0 || !HasIgnored(target.AsSpan(question + 1)))
        {
            return target;
        }

        var kept = new StringBuilder(target.Length).Append(target, 0, question);
        var mark = '?';
        foreach (var part in target.AsSpan(question + 1).Split('&'))
        {
            var parameter = target.AsSpan(question + 1)[part];
            if (!IsIgnored(parameter))
            {
                kept.Append(mark).Append(parameter);
                mark = '&';
            }
        }

        return kept.ToString();
    }

    private bool HasIgnored(ReadOnlySpan<char> query)
    {
        foreach (var part in query.Split('&'))
        {
            if (IsIgnored(query[part]))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsIgnored(ReadOnlySpan<char> parameter)
    {
        var equals = parameter.IndexOf('=');
        var name = equals < 0 ? parameter : parameter[..equals];
        foreach (var ignored in _ignored)
        {
            if (ignored.EndsWith('*') ? name.Length >= ignored.Length && name.StartsWith(ignored.AsSpan(0, ignored.Length - 1), StringComparison.Ordinal) : name.SequenceEqual(ignored))
            {
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<char> PathOf(string target)
    {
        var question = target.IndexOf('?', StringComparison.Ordinal);
        return question < 0 ? target : target.AsSpan(0, question);
    }
}
