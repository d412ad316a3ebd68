namespace Strangler.WebApi.Fields;

/// <summary>
/// The <c>fields</c> parameter: which members of the answer are wanted. Parsed as Magento parses it, its accidents included:
/// a bracket that closes nothing makes a nameless member, a bracket after a bracket belongs to the name read last.
/// </summary>
public sealed class FieldFilter
{
    private readonly Dictionary<string, FieldFilter?> _members = [];

    private FieldFilter()
    {
    }

    /// <summary>Parses the parameter's value; null when it has an illegal character or a bracket stays open, which empties the answer.</summary>
    public static FieldFilter? Parse(string text)
    {
        if (text.Length == 0 || !text.All(IsLegal))
        {
            return null;
        }

        var outer = new Stack<(FieldFilter Filter, string Name)>();
        var current = new FieldFilter();
        var name = "";
        var start = -1;
        for (var position = 0; position <= text.Length; position++)
        {
            var separator = position == text.Length || text[position] is '[' or ']' or ',';
            if (!separator)
            {
                start = start < 0 ? position : start;
                continue;
            }

            if (start >= 0)
            {
                name = text[start..position];
                current._members[name] = null;
                start = -1;
            }

            if (position == text.Length)
            {
                break;
            }

            current = text[position] switch
            {
                '[' => Open(outer, current, name),
                ']' => Close(outer, current),
                _ => current,
            };
        }

        return outer.Count == 0 ? current : null;
    }

    /// <summary>Whether a member is wanted; <paramref name="nested"/> is null when it is wanted whole.</summary>
    public bool TryGet(string name, out FieldFilter? nested) => _members.TryGetValue(name, out nested);

    private static FieldFilter Open(Stack<(FieldFilter Filter, string Name)> outer, FieldFilter current, string name)
    {
        outer.Push((current, name));
        return new FieldFilter();
    }

    private static FieldFilter Close(Stack<(FieldFilter Filter, string Name)> outer, FieldFilter closed)
    {
        var (parent, name) = outer.Count > 0 ? outer.Pop() : (new FieldFilter(), "");
        parent._members[name] = closed;
        return parent;
    }

    private static bool IsLegal(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '[' or ']' or ',';
}
