using System.Text.Json.Nodes;

namespace Strangler.Demo.Rest;

/// <summary>
/// The <c>fields</c> parameter: a comma list of names with nested lists in brackets. Anything malformed gives an empty list;
/// an empty list under a nested filter becomes null, as Magento has it.
/// </summary>
internal sealed class FieldsFilter
{
    private readonly Dictionary<string, FieldsFilter?> _fields = [];

    /// <summary>Null where the text is malformed.</summary>
    public static FieldsFilter? Parse(string text)
    {
        var at = 0;
        var filter = ParseList(text, ref at);
        return at == text.Length ? filter : null;
    }

    public JsonNode? Apply(JsonNode? node) => node switch
    {
        JsonArray { Count: 0 } => null,
        JsonArray list => new JsonArray([.. list.Select(element => Apply(element) ?? new JsonArray())]),
        JsonObject item => ApplyTo(item),
        _ => node?.DeepClone(),
    };

    private static FieldsFilter? ParseList(string text, ref int at)
    {
        var filter = new FieldsFilter();
        while (true)
        {
            var start = at;
            while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
            {
                at++;
            }

            var name = text[start..at];
            FieldsFilter? nested = null;
            if (at < text.Length && text[at] == '[')
            {
                at++;
                nested = ParseList(text, ref at);
                if (nested is null || at >= text.Length || text[at] != ']')
                {
                    return null;
                }

                at++;
            }

            filter._fields[name] = nested;
            if (at >= text.Length || text[at] != ',')
            {
                return filter;
            }

            at++;
        }
    }

    private JsonObject ApplyTo(JsonObject item)
    {
        var kept = new JsonObject();
        foreach (var (name, value) in item)
        {
            if (_fields.TryGetValue(name, out var nested))
            {
                kept[name] = nested is null ? value?.DeepClone() : name == "custom_attributes" ? nested.ApplyToAttributes(value) : nested.Apply(value);
            }
        }

        return kept;
    }

    // Below custom_attributes the names are attribute codes: whole entries are kept, under their old index when one is missing before them.
    private JsonNode? ApplyToAttributes(JsonNode? value)
    {
        if (value is not JsonArray { Count: > 0 } list)
        {
            return null;
        }

        if (_fields.Keys.Any(name => name is "attribute_code" or "value"))
        {
            return Apply(list);
        }

        var kept = list.Select((entry, index) => (entry, index)).Where(pair => _fields.ContainsKey(pair.entry!["attribute_code"]!.GetValue<string>())).ToList();
        return kept.Select((pair, order) => pair.index == order).All(same => same)
            ? new JsonArray([.. kept.Select(pair => pair.entry!.DeepClone())])
            : new JsonObject(kept.Select(pair => KeyValuePair.Create($"{pair.index}", pair.entry?.DeepClone())));
    }
}
