using System.Text.Json;
using System.Text.Json.Nodes;
using Strangler.WebApi.Json;

namespace Strangler.Demo.Rest;

/// <summary>Writes answer trees as PHP would.</summary>
internal static class PhpJson
{
    public static PooledBuffer Serialize(RestAnswer answer)
    {
        var buffer = new PooledBuffer();
        var json = new PhpJsonWriter(buffer);
        if (answer.Error is { } error)
        {
            error.Write(json);
        }
        else
        {
            Write(json, answer.Body);
        }

        return buffer;
    }

    public static string ToText(JsonNode? node)
    {
        using var buffer = new PooledBuffer();
        Write(new PhpJsonWriter(buffer), node);
        return System.Text.Encoding.ASCII.GetString(buffer.Written);
    }

    /// <summary>A PHP float: whole numbers lose their fraction on the way out.</summary>
    public static JsonNode? Float(decimal? value) => value is { } number ? JsonValue.Create((double)number) : null;

    private static void Write(PhpJsonWriter json, JsonNode? node)
    {
        switch (node)
        {
            case null:
                json.Null();
                break;
            case JsonObject item:
                WriteObject(json, item);
                break;
            case JsonArray list:
                json.StartArray();
                foreach (var element in list)
                {
                    Write(json, element);
                }

                json.EndArray();
                break;
            default:
                WriteValue(json, node.AsValue());
                break;
        }
    }

    // An empty PHP array is a list, whatever it was meant to be.
    private static void WriteObject(PhpJsonWriter json, JsonObject item)
    {
        if (item.Count == 0)
        {
            json.StartArray();
            json.EndArray();
            return;
        }

        json.StartObject();
        foreach (var (name, value) in item)
        {
            json.Name(name);
            Write(json, value);
        }

        json.EndObject();
    }

    private static void WriteValue(PhpJsonWriter json, JsonValue value)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                json.Text(value.GetValue<string>());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                json.Boolean(value.GetValue<bool>());
                break;
            case JsonValueKind.Number when value.TryGetValue<int>(out var number):
                json.Number(number);
                break;
            case JsonValueKind.Number when value.TryGetValue<long>(out var number):
                json.Number(number);
                break;
            default:
                json.Number(value.GetValue<double>());
                break;
        }
    }
}
