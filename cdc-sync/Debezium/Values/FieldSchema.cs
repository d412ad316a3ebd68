namespace Strangler.CdcSync.Debezium.Values;

/// <summary>What a message's own schema says of a field, in Kafka Connect's words whichever form it came in.</summary>
/// <param name="Name">The field's name; empty for a schema as a whole.</param>
/// <param name="Type">The bare type: <c>int32</c>, <c>bytes</c>, <c>struct</c> …</param>
/// <param name="Semantic">The schema's name, which says what the bare type stands for: <c>io.debezium.time.MicroTime</c>.</param>
/// <param name="Parameters">Scale, allowed values, length.</param>
/// <param name="Fields">The fields of a struct, none for others.</param>
internal sealed record FieldSchema(
    string Name, string Type, string? Semantic, IReadOnlyDictionary<string, string> Parameters, IReadOnlyList<FieldSchema> Fields)
{
    public FieldSchema? Field(string name)
    {
        foreach (var field in Fields)
        {
            if (field.Name == name)
            {
                return field;
            }
        }

        return null;
    }

    public string? Parameter(string name) => Parameters.GetValueOrDefault(name);
}
