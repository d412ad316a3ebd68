using System.Text.Json;

namespace Strangler.Demo.Tests.Recordings;

/// <summary>
/// The shape of a JSON text: keys in order and kinds of values, one path a line. Elements of a list share one path; a list
/// of attributes is not opened, since which attributes a product has is data.
/// </summary>
internal static class JsonShape
{
    private const string Opaque = "custom_attributes";

    public static IReadOnlyList<string> Of(string json)
    {
        using var document = JsonDocument.Parse(json);
        var lines = new List<string>();
        Walk(document.RootElement, "$", lines);
        return [.. lines.Distinct()];
    }

    private static void Walk(JsonElement element, string path, List<string> lines)
    {
        lines.Add($"{path}: {Kind(element)}");
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                lines.Add($"{path} keys: {string.Join(',', element.EnumerateObject().Select(property => property.Name))}");
                foreach (var property in element.EnumerateObject().Where(property => property.Name != Opaque))
                {
                    Walk(property.Value, $"{path}.{property.Name}", lines);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Walk(item, $"{path}[]", lines);
                }

                break;
        }
    }

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "bool",
        var kind => kind.ToString().ToLowerInvariant(),
    };
}
