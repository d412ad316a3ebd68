using System.Text.Json;

namespace Strangler.Proxy.Evidence.Shop;

/// <summary>What a GraphQL answer says of its mutation: the status is 200 whatever came of it.</summary>
internal static class GraphQlAnswer
{
    private static readonly string[] ErrorFields = ["errors", "user_errors"];

    /// <summary>True only where the answer can be read, and names no error and no field that came to nothing.</summary>
    public static bool IsDone(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var answer = document.RootElement;
            return answer.ValueKind == JsonValueKind.Object && !HasErrors(answer)
                && answer.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object
                && data.EnumerateObject().All(field => field.Value.ValueKind != JsonValueKind.Null && !HasErrors(field.Value));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool HasErrors(JsonElement element) => element.ValueKind == JsonValueKind.Object
        && ErrorFields.Any(name => element.TryGetProperty(name, out var errors) && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0);
}
