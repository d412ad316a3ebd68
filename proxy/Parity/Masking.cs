using System.Text.RegularExpressions;

namespace Strangler.Proxy.Parity;

/// <summary>Takes personal data and secrets out of what is kept as a sample: by the name of the field, and by what the text looks like.</summary>
internal static partial class Masking
{
    public const string Mask = "***";

    private static readonly string[] PersonalFields =
    [
        "password", "passwd", "email", "firstname", "lastname", "middlename", "prefix", "suffix", "name_on_card", "telephone", "phone", "fax", "street", "postcode",
        "city", "company", "dob", "taxvat", "vat_id", "gender", "token", "secret", "authorization", "cookie", "form_key", "phpsessid", "remote_ip", "ip_address", "cc_number",
        "iban", "username", "customer_name",
    ];

    /// <summary>A value found at a path.</summary>
    public static string? Value(string path, string? value) => value is null ? null : IsPersonal(path) ? Mask : Text(value);

    /// <summary>A request's target: personal query values, and what looks like a secret anywhere.</summary>
    public static string Target(string target) => Text(QueryValue().Replace(target, match => IsPersonal(match.Groups["name"].Value) ? match.Groups["name"].Value + "=" + Mask : match.Value));

    /// <summary>Any text.</summary>
    public static string Text(string text)
    {
        text = JsonMember().Replace(text, match => IsPersonal(match.Groups["name"].Value) ? $"\"{match.Groups["name"].Value}\":\"{Mask}\"" : match.Value);
        text = Bearer().Replace(text, "Bearer " + Mask);
        text = JsonWebToken().Replace(text, Mask);
        text = Mail().Replace(text, Mask);
        return Digits().Replace(text, match => IsCardNumber(match.Value) ? Mask : match.Value);
    }

    private static bool IsPersonal(string path)
    {
        var start = path.AsSpan().LastIndexOfAny('.', ':', '@') + 1;
        var name = path.AsSpan(start);
        var bracket = name.IndexOf('[');
        name = bracket > 0 ? name[..bracket] : name;
        foreach (var field in PersonalFields)
        {
            if (name.Equals(field, StringComparison.OrdinalIgnoreCase) || (name.Length > field.Length && name.EndsWith("_" + field, StringComparison.OrdinalIgnoreCase)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>By the check digit of payment cards (ISO/IEC 7812).</summary>
    private static bool IsCardNumber(string text)
    {
        var sum = 0;
        var count = 0;
        for (var i = text.Length - 1; i >= 0; i--)
        {
            if (!char.IsAsciiDigit(text[i]))
            {
                continue;
            }

            var digit = text[i] - '0';
            if (count++ % 2 == 1)
            {
                digit = digit > 4 ? (digit * 2) - 9 : digit * 2;
            }

            sum += digit;
        }

        return count is >= 13 and <= 19 && sum % 10 == 0;
    }

    [GeneratedRegex("""(?<=[?&])(?<name>[^=&#]+)=(?<value>[^&#]*)""", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex QueryValue();

    [GeneratedRegex("\"(?<name>[A-Za-z_]+)\"\\s*:\\s*\"(?:[^\"\\\\]|\\\\.)*\"", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex JsonMember();

    [GeneratedRegex("""Bearer\s+[A-Za-z0-9._~+/=-]{8,}""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Bearer();

    [GeneratedRegex("""\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*""", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex JsonWebToken();

    [GeneratedRegex("""[A-Za-z0-9._%+'-]{1,64}(?:@|%40)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+""", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Mail();

    [GeneratedRegex("""(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9])""", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Digits();
}
