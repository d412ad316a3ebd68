using System.Text.Json;

namespace Strangler.Cli.Doctor;

/// <summary>Tells from one message how a connector writes.</summary>
internal static class ChangeFormat
{
    private const int RegistryHeader = 5;

    /// <summary>The format's name, or null for what is no change.</summary>
    public static string? Recognise(ReadOnlySpan<byte> value)
    {
        if (value.Length > RegistryHeader && value[0] == 0)
        {
            return "Avro with a schema registry";
        }

        try
        {
            var reader = new Utf8JsonReader(value);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Recognise(document.RootElement) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Recognise(JsonElement message)
    {
        if (message.TryGetProperty("schema", out _) && message.TryGetProperty("payload", out var payload))
        {
            return payload.ValueKind == JsonValueKind.Object && IsEnvelope(payload) ? "Debezium JSON with schema" : "JSON with schema, unwrapped rows (no before image)";
        }

        if (IsEnvelope(message))
        {
            return "Debezium JSON without schema";
        }

        return message.EnumerateObject().Any(property => property.Name is "__op" or "__deleted" or "__source_ts_ms") ? "JSON, unwrapped rows (no before image)" : null;
    }

    private static bool IsEnvelope(JsonElement element) =>
        element.TryGetProperty("op", out _) && element.TryGetProperty("source", out _) && element.TryGetProperty("after", out _);
}
