namespace Strangler.Proxy.Stages;

/// <summary>Whom a slice's canary takes or leaves besides the percentage, and when.</summary>
/// <param name="Include">A visitor who meets one of these is on the service's side, whatever the percentage.</param>
/// <param name="Exclude">A visitor who meets one of these stays with Magento. Wins over <paramref name="Include"/>.</param>
/// <param name="TimeWindow">Outside of it everybody stays with Magento. Null: always.</param>
public sealed record AudienceRules(IReadOnlyList<AudienceRule>? Include, IReadOnlyList<AudienceRule>? Exclude, TimeWindowRule? TimeWindow)
{
    public static AudienceRules None { get; } = new(null, null, null);

    /// <summary>Every fault, one line each; empty when usable.</summary>
    public IEnumerable<string> Faults()
    {
        foreach (var (rule, place) in Numbered(Include, "include").Concat(Numbered(Exclude, "exclude")))
        {
            foreach (var fault in rule.Faults())
            {
                yield return $"{place}: {fault}";
            }
        }

        if (TimeWindow is { Start: null, End: null })
        {
            yield return "timeWindow: needs 'start', 'end' or both";
        }

        if (TimeWindow is { Start: { } start, End: { } end } && end <= start)
        {
            yield return "timeWindow: 'end' must be after 'start'";
        }
    }

    private static IEnumerable<(AudienceRule Rule, string Place)> Numbered(IReadOnlyList<AudienceRule>? rules, string name) =>
        (rules ?? []).Select((rule, index) => (rule, $"{name}[{index}]"));
}

/// <summary>One condition on a visitor. All that is given must hold; within one list any value does.</summary>
/// <param name="StoreViews">Store view codes, from the path, the <c>store</c> cookie or <c>___store</c>; <c>default</c> where none is named.</param>
/// <param name="CustomerGroups">Customer group ids; 0 is everybody not logged in. The others need <c>Control:CryptKey</c>, see <see cref="Flags.MagentoVary"/>.</param>
/// <param name="Headers">Field name to value; <c>*</c> means present.</param>
/// <param name="Cookies">Cookie name to value; <c>*</c> means present.</param>
/// <param name="IpRanges">Networks such as <c>10.0.0.0/8</c> or single addresses.</param>
public sealed record AudienceRule(
    IReadOnlyList<string>? StoreViews,
    IReadOnlyList<string>? CustomerGroups,
    IReadOnlyDictionary<string, string>? Headers,
    IReadOnlyDictionary<string, string>? Cookies,
    IReadOnlyList<string>? IpRanges)
{
    internal IEnumerable<string> Faults()
    {
        if (StoreViews is not { Count: > 0 } && CustomerGroups is not { Count: > 0 } && Headers is not { Count: > 0 }
            && Cookies is not { Count: > 0 } && IpRanges is not { Count: > 0 })
        {
            yield return "a rule needs at least one of storeViews, customerGroups, headers, cookies, ipRanges";
        }

        foreach (var range in IpRanges ?? [])
        {
            if (!Flags.IpRange.TryParse(range, out _))
            {
                yield return $"ipRanges: '{range}' is not an address or a network such as 10.0.0.0/8";
            }
        }
    }
}

/// <summary>When the service's side is open. Either end may be absent.</summary>
public sealed record TimeWindowRule(DateTimeOffset? Start, DateTimeOffset? End);
