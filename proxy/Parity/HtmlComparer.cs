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
            else if (left[i].Text != right[i].Text)
            {
                found.Add(new Difference(place, DifferenceKind.Value, Cut(left[i].Text), Cut(right[i].Text)));
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
            else if (Normal(attribute.Name, attribute.Value) != Normal(attribute.Name, other))
            {
                found.Add(new Difference($"{path}/@{attribute.Name}", DifferenceKind.Value, Cut(attribute.Value), Cut(other)));
            }
        }

        foreach (var attribute in service.Attributes.Where(attribute => !magento.HasAttribute(attribute.Name)))
        {
            found.Add(new Difference($"{path}/@{attribute.Name}", DifferenceKind.Extra, null, Cut(attribute.Value)));
        }
    }

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
