using System.Globalization;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Strangler.Proxy.Parity;

/// <summary>
/// Compares two pages by their trees as a browser would read them: attributes in any order, classes as a set, white space between words as one
/// blank, comments left out.
/// </summary>
internal static class HtmlComparer
{
    private const int MaximumDifferences = 200;
    private const int ShownLength = 400;
    private static readonly JsonComparer Inline = new([], isInPage: true);

    public static List<Difference> Compare(string magento, string service)
    {
        var parser = new HtmlParser();
        using var first = parser.ParseDocument(magento);
        using var second = parser.ParseDocument(service);
        var found = new List<Difference>();
        Compare("/html", first.DocumentElement, second.DocumentElement, found);
        return found;
    }

    private static void Compare(string path, IElement magento, IElement service, List<Difference> found)
    {
        if (found.Count >= MaximumDifferences)
        {
            return;
        }

        CompareAttributes(path, magento, service, found);
        var (left, right) = (Children(magento), Children(service));
        var names = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            var place = PlaceOf(path, left[i], names);
            if (left[i].Name != right[i].Name)
            {
                // What follows would all be shifted; the first place tells.
                found.Add(new Difference(place, DifferenceKind.Type, Shown(left[i]), Shown(right[i])));
                return;
            }

            if (left[i].Element is { } element)
            {
                Compare(place, element, right[i].Element!, found);
            }
            else
            {
                CompareText(place, left[i].Text, right[i].Text, IsJson(magento), found);
            }
        }

        foreach (var missing in left.Skip(right.Count))
        {
            found.Add(new Difference(PlaceOf(path, missing, names), DifferenceKind.Missing, Shown(missing), null));
        }

        foreach (var extra in right.Skip(left.Count))
        {
            found.Add(new Difference(PlaceOf(path, extra, names), DifferenceKind.Extra, null, Shown(extra)));
        }
    }

    private static void CompareAttributes(string path, IElement magento, IElement service, List<Difference> found)
    {
        foreach (var attribute in magento.Attributes)
        {
            var other = service.GetAttribute(attribute.Name);
            if (other is null)
            {
                found.Add(new Difference($"{path}/@{attribute.Name}", DifferenceKind.Missing, Cut(attribute.Value), null));
            }
            else if (!IsOwn(magento, attribute.Name, other))
            {
                var (first, second) = (Normal(attribute.Name, attribute.Value), Normal(attribute.Name, other));
                CompareText($"{path}/@{attribute.Name}", first, second, first.StartsWith('{') || first.StartsWith('['), found);
            }
        }

        foreach (var attribute in service.Attributes.Where(attribute => !magento.HasAttribute(attribute.Name)))
        {
            found.Add(new Difference($"{path}/@{attribute.Name}", DifferenceKind.Extra, null, Cut(attribute.Value)));
        }
    }

    private static void CompareText(string path, string magento, string service, bool isJson, List<Difference> found)
    {
        if (magento == service)
        {
            return;
        }

        if (isJson && Inline.Compare(Encoding.UTF8.GetBytes(magento), Encoding.UTF8.GetBytes(service), path + "/$") is { } differences)
        {
            found.AddRange(differences.Select(difference => difference with { Magento = difference.Magento is { } left ? Cut(left) : null, Service = difference.Service is { } right ? Cut(right) : null }));
        }
        else if (!PageText.AreSame(magento, service))
        {
            found.Add(new Difference(path, DifferenceKind.Value, Cut(magento), Cut(service)));
        }
    }

    // Scripts that hold data; a browser does not run them.
    private static bool IsJson(IElement element) => element.LocalName == "script"
        && element.GetAttribute("type") is { } type && (type.Contains("json", StringComparison.OrdinalIgnoreCase) || type is "text/x-magento-init" or "importmap" or "speculationrules");

    // A word made for this answer, or for this visitor: that there is one is what counts.
    private static bool IsOwn(IElement element, string attribute, string other) => other.Length > 0
        && (attribute == "nonce" || (attribute == "value" && element.GetAttribute("name") is { } name && PageText.IsFormKey(name)));

    private static List<Node> Children(IElement element)
    {
        var children = new List<Node>();
        var isLiteral = element.LocalName is "pre" or "textarea" or "script" or "style";
        foreach (var node in element.ChildNodes)
        {
            switch (node)
            {
                case IElement child:
                    children.Add(new Node(child.LocalName, child, ""));
                    break;
                case IText text when (isLiteral ? text.Data.Trim() : Words(text.Data)) is { Length: > 0 } content:
                    children.Add(new Node("text()", null, content));
                    break;
            }
        }

        return children;
    }

    private static string PlaceOf(string path, Node node, Dictionary<string, int> names)
    {
        names[node.Name] = names.GetValueOrDefault(node.Name) + 1;
        return $"{path}/{node.Name}[{names[node.Name].ToString(CultureInfo.InvariantCulture)}]";
    }

    private static string Normal(string name, string value) => name == "class"
        ? string.Join(' ', value.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Order(StringComparer.Ordinal))
        : Words(value);

    private static string Words(string text)
    {
        var words = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c))
            {
                words.Append(c);
            }
            else if (words.Length > 0 && words[^1] != ' ')
            {
                words.Append(' ');
            }
        }

        return words.ToString().TrimEnd();
    }

    private static string Shown(Node node) => Cut(node.Element?.OuterHtml ?? node.Text);

    private static string Cut(string text) => text.Length <= ShownLength ? text : text[..ShownLength] + "…";

    private sealed record Node(string Name, IElement? Element, string Text);
}
