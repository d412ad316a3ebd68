using System.Globalization;
using System.Text.Json;

namespace Strangler.Proxy.Parity;

/// <summary>Brings the items of two lists together, so that one item more or less is one difference and not one of everything behind it.</summary>
internal static class JsonLists
{
    private static readonly string[] Keys = ["id", "entity_id", "item_id", "uid", "sku", "attribute_code", "attribute_id", "code", "url_key", "value_index", "label"];

    /// <summary>The member that names each item in both lists, with the names; null when there is none.</summary>
    public static (List<string> Left, List<string> Right)? Names(List<JsonElement> left, List<JsonElement> right)
    {
        if (left.Count == 0 || right.Count == 0 || left[0].ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var key in Keys)
        {
            if (Names(left, key) is { } ours && Names(right, key) is { } theirs)
            {
                return (ours, theirs);
            }
        }

        return null;
    }

    /// <summary>One spelling for all documents that are the same, for sorting and counting.</summary>
    public static string Canonical(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(',', Members(element).OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => $"{Text(member.Key)}:{Canonical(member.Value)}")) + "}",
        JsonValueKind.Array => "[" + string.Join(',', element.EnumerateArray().Select(Canonical)) + "]",
        JsonValueKind.Number => Number(element.GetRawText()),
        JsonValueKind.String => JsonComparer.Moment(element.GetString()!) is { } moment ? $"@{moment.UtcTicks.ToString(CultureInfo.InvariantCulture)}" : Text(element.GetString()!),
        _ => element.GetRawText(),
    };

    /// <summary>The members; the last one of a repeated name counts, as it does for those who read the answer.</summary>
    public static Dictionary<string, JsonElement> Members(JsonElement element)
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            members[member.Name] = member.Value;
        }

        return members;
    }

    private static string Text(string text) => string.Create(CultureInfo.InvariantCulture, $"{text.Length}\"{text}");

    private static string Number(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && (number != 0 || JsonComparer.IsZero(text))
            ? (number / 1.000000000000000000000000000m).ToString(CultureInfo.InvariantCulture)
            : double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture);

    private static List<string>? Names(List<JsonElement> items, string key)
    {
        var names = new List<string>(items.Count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty(key, out var value) || value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number)
                || !seen.Add(Canonical(value)))
            {
                return null;
            }

            names.Add(Canonical(value));
        }

        return names;
    }
}
