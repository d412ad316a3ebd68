namespace Strangler.Proxy.EdgeCache.Pages.Purging;

/// <summary>One order of Magento's.</summary>
/// <param name="Tags">Pages with these tags; null for none.</param>
/// <param name="Pool">Pages from this pool; null for none.</param>
internal sealed record PagePurge(string? Tags, string? Pool)
{
    /// <summary>Says what is wrong with it, or null.</summary>
    public string? Fault =>
        Tags is not null && TagPattern.Tags(Tags) is null && TagPattern.Matcher(Tags) is null ? "X-Magento-Tags-Pattern is no regular expression."
        : Pool is not null && TagPattern.Matcher(Pool) is null ? "X-Pool is no regular expression."
        : null;

    /// <summary>Throws the pages away; returns how many.</summary>
    public int ApplyTo(AnswerStore answers) => ApplyTags(answers) + ApplyPool(answers);

    private int ApplyTags(AnswerStore answers)
    {
        if (Tags is null)
        {
            return 0;
        }

        if (TagPattern.IsEverything(Tags))
        {
            return answers.DropWhere(static answer => answer.Page is not null);
        }

        if (TagPattern.Tags(Tags) is { } tags)
        {
            return answers.Apply(PageStore.Service, tags);
        }

        var matches = TagPattern.Matcher(Tags)!;
        return answers.DropWhere(answer => answer.Page is not null && TextOf(answer) is { Length: > 0 } text && matches(text));
    }

    private int ApplyPool(AnswerStore answers)
    {
        if (Pool is null)
        {
            return 0;
        }

        var matches = TagPattern.Matcher(Pool)!;
        return answers.DropWhere(answer => answer.Page is not null && answer.Tags.Any(tag => tag.Entity == PageRules.PoolEntity && matches(tag.Key)));
    }

    private static string TextOf(CachedAnswer answer) => string.Join(',', answer.Tags.Where(tag => tag.Entity == PageRules.TagEntity).Select(tag => tag.Key));
}
