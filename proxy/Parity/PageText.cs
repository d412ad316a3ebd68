using System.Buffers.Text;
using System.Text;
using System.Text.RegularExpressions;

namespace Strangler.Proxy.Parity;

/// <summary>Takes out of a page's texts what Magento makes anew for each visitor, each deployment or each answer, and what says nothing about what is shown.</summary>
internal static partial class PageText
{
    private const string Any = "*";

    /// <summary>Whether two texts are the same but for that.</summary>
    public static bool AreSame(string left, string right) => left == right || Normal(left) == Normal(right);

    /// <summary>Whether a member of inline JSON, or a field of a form, holds a visitor's own key.</summary>
    public static bool IsFormKey(string name) => name is "form_key" or "formKey";

    internal static string Normal(string text)
    {
        text = StaticVersion().Replace(text, Any);
        text = FormKey().Replace(text, Any);
        return text.Contains("uenc", StringComparison.Ordinal) ? Uenc().Replace(text, match => Address(match.Value)) : text;
    }

    // The page's own address in base64. Where the store is reached is no part of the page.
    private static string Address(string word)
    {
        var coded = word.Replace("%2C", ",", StringComparison.OrdinalIgnoreCase).TrimEnd(',', '~', '=').Replace('-', '+').Replace('_', '/');
        var bytes = Encoding.ASCII.GetBytes(coded + new string('=', (4 - (coded.Length % 4)) % 4));
        return Base64.DecodeFromUtf8InPlace(bytes, out var written) == System.Buffers.OperationStatus.Done
            && Uri.TryCreate(Encoding.UTF8.GetString(bytes.AsSpan(0, written)), UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
                ? address.PathAndQuery
                : word;
    }

    // Slashes come plain, and as JSON and script literals write them.
    [GeneratedRegex(@"(?<=static(?:/|\\/|\\u002[Ff])version)\d+(?=/|\\/|\\u002[Ff])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex StaticVersion();

    [GeneratedRegex("""(?<=form_?[kK]ey(?:"\s*:\s*"|/|=|\\"\s*:\s*\\"))[A-Za-z0-9]{16}(?![A-Za-z0-9])""", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex FormKey();

    [GeneratedRegex("""(?<=uenc(?:/|\\/|\\u002[Ff]|=|"\s*:\s*"|\\"\s*:\s*\\"))[A-Za-z0-9+_-]{8,}(?:[=,~]|%2C)*""", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Uenc();
}
