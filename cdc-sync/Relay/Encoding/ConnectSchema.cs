using System.Text.Json;

namespace Strangler.CdcSync.Relay.Encoding;

/// <summary>A schema as Kafka Connect's JSON converter writes it: a physical type, and by name what it means.</summary>
/// <param name="Type">The physical type: <c>int32</c>, <c>string</c>, <c>struct</c>, …</param>
/// <param name="IsOptional">Whether null is allowed.</param>
/// <param name="Name">The semantic type, null for a plain one.</param>
internal sealed record ConnectSchema(string Type, bool IsOptional, string? Name = null)
{
    public int? Version { get; init; }

    public IReadOnlyList<(string Name, string Value)> Parameters { get; init; } = [];

    public string? Documentation { get; init; }

    /// <summary>The default as JSON, null for none.</summary>
    public string? Default { get; init; }

    public IReadOnlyList<ConnectField> Fields { get; init; } = [];

    public ConnectSchema? Items { get; init; }

    /// <summary>A semantic type in its first version.</summary>
    public static ConnectSchema Semantic(string type, bool isOptional, string name) => new(type, isOptional, name) { Version = 1 };

    public static ConnectSchema Struct(bool isOptional, string? name, params IReadOnlyList<ConnectField> fields) => new("struct", isOptional, name) { Fields = fields };

    public void Write(Utf8JsonWriter writer, string? field = null)
    {
        writer.WriteStartObject();
        writer.WriteString("type", Type);
        if (Type == "struct")
        {
            writer.WriteStartArray("fields");
            foreach (var member in Fields)
            {
                member.Schema.Write(writer, member.Name);
            }

            writer.WriteEndArray();
        }

        if (Items is not null)
        {
            writer.WritePropertyName("items");
            Items.Write(writer);
        }

        writer.WriteBoolean("optional", IsOptional);
        WriteMeaning(writer);
        if (field is not null)
        {
            writer.WriteString("field", field);
        }

        writer.WriteEndObject();
    }

    private void WriteMeaning(Utf8JsonWriter writer)
    {
        if (Name is not null)
        {
            writer.WriteString("name", Name);
        }

        if (Version is { } version)
        {
            writer.WriteNumber("version", version);
        }

        if (Documentation is not null)
        {
            writer.WriteString("doc", Documentation);
        }

        if (Parameters.Count > 0)
        {
            writer.WriteStartObject("parameters");
            foreach (var (name, value) in Parameters)
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        if (Default is not null)
        {
            writer.WritePropertyName("default");
            writer.WriteRawValue(Default);
        }
    }
}

/// <summary>A field of a struct.</summary>
internal sealed record ConnectField(string Name, ConnectSchema Schema);
