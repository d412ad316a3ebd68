using System.Net;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Flags;

/// <summary>A slice's targeting rules, parsed once per snapshot. Says which of them a visitor meets; what follows is the flag's business.</summary>
internal sealed class Audience
{
    /// <summary>Group names under which the flag definition lists included and excluded visitors.</summary>
    public const string IncludedGroup = "included";
    public const string ExcludedGroup = "excluded";

    private static readonly string[] None = [];
    private static readonly string[] Included = [IncludedGroup];
    private static readonly string[] Excluded = [ExcludedGroup];

    private readonly Rule[] _include;
    private readonly Rule[] _exclude;

    public Audience(AudienceRules rules)
    {
        _include = [.. (rules.Include ?? []).Select(rule => new Rule(rule))];
        _exclude = [.. (rules.Exclude ?? []).Select(rule => new Rule(rule))];
    }

    public bool HasRules => _include.Length + _exclude.Length > 0;

    /// <summary>The flag groups of a visitor. Exclusion wins.</summary>
    public IReadOnlyList<string> GroupsOf(VisitorFacts visitor)
    {
        foreach (var rule in _exclude)
        {
            if (rule.Meets(visitor))
            {
                return Excluded;
            }
        }

        foreach (var rule in _include)
        {
            if (rule.Meets(visitor))
            {
                return Included;
            }
        }

        return None;
    }

    private sealed class Rule(AudienceRule rule)
    {
        private readonly IPNetwork[] _ranges = [.. (rule.IpRanges ?? []).Select(text => IpRange.TryParse(text, out var range) ? range : default)];

        public bool Meets(VisitorFacts visitor) =>
            (rule.StoreViews is not { Count: > 0 } views || views.Contains(visitor.StoreView, StringComparer.Ordinal))
            && (rule.CustomerGroups is not { Count: > 0 } groups || visitor.IsInGroup(groups))
            && (rule.Headers is null || rule.Headers.All(header => visitor.HasHeader(header.Key, header.Value)))
            && (rule.Cookies is null || rule.Cookies.All(cookie => visitor.HasCookie(cookie.Key, cookie.Value)))
            && (_ranges.Length == 0 || _ranges.Any(range => IpRange.Contains(range, visitor.Address)));
    }
}
