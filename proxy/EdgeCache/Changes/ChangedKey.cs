namespace Strangler.Proxy.EdgeCache.Changes;

/// <summary>One thing that has changed, or that an answer was made of: <c>product/5</c>.</summary>
/// <param name="Entity">Its kind; <see cref="Everything"/> for all there is.</param>
/// <param name="Key">Which one; <see cref="All"/> for all of the kind.</param>
internal readonly record struct ChangedKey(string Entity, string Key)
{
    public const string Everything = "all";
    public const string All = "*";
    private const int MaximumTags = 2000;

    /// <summary>Response field in which a service says what an answer was made of; it ends at the facade.</summary>
    public const string TagsField = "Strangler-Tags";

    /// <summary>Request field that asks for it.</summary>
    public const string WantTagsField = "Strangler-Want-Tags";

    /// <summary>Reads <c>product/5 product/7 category/3</c>; null when it is not understood, which is no tags at all.</summary>
    public static IReadOnlyList<ChangedKey>? Parse(string text)
    {
        var tags = new HashSet<ChangedKey>();
        foreach (var part in text.AsSpan().SplitAny(' ', ','))
        {
            var tag = text.AsSpan(part);
            if (tag.IsEmpty)
            {
                continue;
            }

            var slash = tag.IndexOf('/');
            if (slash <= 0 || slash == tag.Length - 1 || tags.Count == MaximumTags)
            {
                return null;
            }

            tags.Add(new ChangedKey(tag[..slash].ToString(), tag[(slash + 1)..].ToString()));
        }

        return [.. tags];
    }
}
