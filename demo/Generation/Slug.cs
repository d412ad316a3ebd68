using System.Text;

namespace Strangler.Demo.Generation;

/// <summary>URL keys: lower-case letters, digits and dashes; umlauts written out as in German.</summary>
internal static class Slug
{
    public static string Of(string text)
    {
        var slug = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            var lower = char.ToLowerInvariant(letter);
            _ = lower switch
            {
                'ä' => slug.Append("ae"),
                'ö' => slug.Append("oe"),
                'ü' => slug.Append("ue"),
                'ß' => slug.Append("ss"),
                _ when char.IsAsciiLetterOrDigit(lower) => slug.Append(lower),
                _ when slug.Length > 0 && slug[^1] != '-' => slug.Append('-'),
                _ => slug,
            };
        }

        return slug.ToString().Trim('-');
    }
}
