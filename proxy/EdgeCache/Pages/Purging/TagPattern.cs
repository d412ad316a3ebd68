using System.Text.RegularExpressions;
using Strangler.Proxy.EdgeCache.Changes;

namespace Strangler.Proxy.EdgeCache.Pages.Purging;

/// <summary>Reads what Magento wants purged: <c>((^|,)cat_p_12(,|$))|((^|,)cat_p(,|$))</c>, and <c>.*</c> for all.</summary>
internal static partial class TagPattern
{
    private const string Everything = ".*";
    private const string Before = "((^|,)";
    private const string After = "(,|$))";

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    public static bool IsEverything(string pattern) => pattern == Everything;

    /// <summary>The tags of a pattern as Magento writes it; null for any other.</summary>
    public static IReadOnlyList<ChangedKey>? Tags(string pattern)
    {
        var tags = new List<ChangedKey>();
        var rest = pattern.AsSpan();
        while (true)
        {
            if (!rest.StartsWith(Before, StringComparison.Ordinal) || rest.IndexOf(After, StringComparison.Ordinal) is not (>= 0 and var end))
            {
                return null;
            }

            var tag = rest[Before.Length..end];
            if (!PlainTag().IsMatch(tag))
            {
                return null;
            }

            tags.Add(new ChangedKey(PageRules.TagEntity, tag.ToString()));
            rest = rest[(end + After.Length)..];
            if (rest.IsEmpty)
            {
                return tags;
            }

            if (rest[0] != '|')
            {
                return null;
            }

            rest = rest[1..];
        }
    }

    /// <summary>Any other pattern; null when it is none.</summary>
    public static Func<string, bool>? Matcher(string pattern)
    {
        try
        {
            var regex = Compile(pattern);
            return text =>
            {
                try
                {
                    return regex.IsMatch(text);
                }
                catch (RegexMatchTimeoutException)
                {
                    // One page too many.
                    return true;
                }
            };
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, Patience);
        }
    }

    // Without meaning in a pattern.
    [GeneratedRegex("^[A-Za-z0-9_-]+$")]
    private static partial Regex PlainTag();
}
