namespace Strangler.MagentoAdapter.Errors;

/// <summary>Puts parameters into a message as Magento's own phrases do: <c>%name</c> and <c>%1</c>, the longest name that fits.</summary>
internal static class MessageTemplate
{
    public static string Render(string template, IReadOnlyDictionary<string, string> parameters)
    {
        if (parameters.Count == 0 || !template.Contains('%', StringComparison.Ordinal))
        {
            return template;
        }

        var names = parameters.Keys.Where(name => name.Length > 0).OrderByDescending(name => name.Length).ToList();
        var text = new System.Text.StringBuilder(template.Length + 32);
        for (var at = 0; at < template.Length; at++)
        {
            var rest = template.AsSpan(at);
            if (rest[0] == '%' && NameAt(rest[1..], names) is { } name)
            {
                text.Append(parameters[name]);
                at += name.Length;
            }
            else
            {
                text.Append(rest[0]);
            }
        }

        return text.ToString();
    }

    private static string? NameAt(ReadOnlySpan<char> text, List<string> names)
    {
        foreach (var name in names)
        {
            if (text.StartsWith(name, StringComparison.Ordinal))
            {
                return name;
            }
        }

        return null;
    }
}
