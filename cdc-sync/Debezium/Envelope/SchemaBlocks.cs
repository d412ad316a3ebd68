using System.IO.Hashing;
using System.Text.Json;
using Strangler.CdcSync.Debezium.Values;

namespace Strangler.CdcSync.Debezium.Envelope;

/// <summary>
/// The schema blocks that JSON messages carry, each parsed once: a connector writes the same bytes into every message of a table until the
/// table changes. Not safe for several threads.
/// </summary>
internal sealed class SchemaBlocks
{
    private const int MaximumKnown = 20_000;
    private const int MaximumDepth = 64;

    private static readonly Dictionary<string, string> NoParameters = [];

    private readonly Dictionary<ulong, (byte[] Block, FieldSchema Schema)> _known = [];

    public FieldSchema Of(ReadOnlySpan<byte> block)
    {
        var hash = XxHash3.HashToUInt64(block);
        if (_known.TryGetValue(hash, out var known) && block.SequenceEqual(known.Block))
        {
            return known.Schema;
        }

        var bytes = block.ToArray();
        using var document = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = MaximumDepth });
        var schema = Read(document.RootElement);
        if (_known.Count >= MaximumKnown)
        {
            _known.Clear();
        }

        _known[hash] = (bytes, schema);
        return schema;
    }

    private static FieldSchema Read(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException("A schema block is no object.");
        }

        return new FieldSchema(
            Text(element, "field") ?? "",
            Text(element, "type") ?? throw new FormatException("A schema block names no type."),
            Text(element, "name"),
            element.TryGetProperty("parameters", out var parameters) && parameters.ValueKind == JsonValueKind.Object
                ? parameters.EnumerateObject().ToDictionary(parameter => parameter.Name, parameter => parameter.Value.ToString())
                : NoParameters,
            element.TryGetProperty("fields", out var fields) && fields.ValueKind == JsonValueKind.Array ? [.. fields.EnumerateArray().Select(Read)] : []);
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
