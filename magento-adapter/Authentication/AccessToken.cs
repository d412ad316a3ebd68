using System.Text.Json;
using System.Text.Json.Serialization;

namespace Strangler.MagentoAdapter.Authentication;

/// <summary>A token, which Magento sends as a bare JSON string. It does not print itself.</summary>
[JsonConverter(typeof(AccessTokenConverter))]
public sealed record AccessToken(string Value)
{
    public override string ToString() => "(token)";
}

internal sealed class AccessTokenConverter : JsonConverter<AccessToken>
{
    public override AccessToken Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 } value
            ? new AccessToken(value)
            : throw new JsonException("A token is a JSON string.");

    public override void Write(Utf8JsonWriter writer, AccessToken value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}
