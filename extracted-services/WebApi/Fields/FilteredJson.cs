using System.Text.Json;
using Strangler.WebApi.Json;

namespace Strangler.WebApi.Fields;

/// <summary>
/// Applies a <see cref="FieldFilter"/> to a finished JSON answer: a walk over the bytes that copies what stays, unparsed and in
/// the answer's own order.
/// </summary>
public static class FilteredJson
{
    private const string CustomAttributes = "custom_attributes";
    private const string AttributeCode = "attribute_code";
    private const string AttributeValue = "value";

    /// <summary>
    /// Writes the filtered answer. False when the filter descends into a list of scalars, which Magento answers with a crash
    /// page; the output is then of no use.
    /// </summary>
    public static bool TryWrite(ReadOnlySpan<byte> json, FieldFilter? filter, PhpJsonWriter output)
    {
        if (filter is null)
        {
            output.Raw("[]"u8);
            return true;
        }

        var reader = new Utf8JsonReader(json);
        reader.Read();
        return TryApply(json, ref reader, filter, output);
    }

    private static bool TryApply(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, FieldFilter filter, PhpJsonWriter output) =>
        reader.TokenType == JsonTokenType.StartArray
            ? TryWriteList(json, ref reader, filter, output)
            : TryWriteMembers(json, ref reader, filter, output);

    private static bool TryWriteList(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, FieldFilter filter, PhpJsonWriter output)
    {
        var empty = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            if (empty)
            {
                output.StartArray();
                empty = false;
            }

            if (!TryWriteMembers(json, ref reader, filter, output))
            {
                return false;
            }
        }

        if (empty)
        {
            // The filter's result starts as null and only elements make it a list.
            output.Null();
        }
        else
        {
            output.EndArray();
        }

        return true;
    }

    private static bool TryWriteMembers(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, FieldFilter filter, PhpJsonWriter output)
    {
        var empty = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString() ?? "";
            reader.Read();
            if (!filter.TryGet(name, out var nested))
            {
                reader.Skip();
                continue;
            }

            if (empty)
            {
                output.StartObject();
                empty = false;
            }

            output.Name(name);
            if (!TryWriteMember(json, ref reader, name, nested, output))
            {
                return false;
            }
        }

        if (empty)
        {
            // PHP knows no empty object.
            output.StartArray();
            output.EndArray();
        }
        else
        {
            output.EndObject();
        }

        return true;
    }

    private static bool TryWriteMember(
        ReadOnlySpan<byte> json, ref Utf8JsonReader reader, string name, FieldFilter? nested, PhpJsonWriter output)
    {
        var composite = reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject;
        if (nested is null || !composite)
        {
            output.Raw(SkipValue(json, ref reader));
            return true;
        }

        if (name == CustomAttributes && reader.TokenType == JsonTokenType.StartArray)
        {
            WriteCustomAttributes(json, ref reader, nested, output);
            return true;
        }

        return TryApply(json, ref reader, nested, output);
    }

    // Entries keep their place in the list as key, so a list with holes becomes an object.
    private static void WriteCustomAttributes(ReadOnlySpan<byte> json, ref Utf8JsonReader reader, FieldFilter filter, PhpJsonWriter output)
    {
        var wantsCode = filter.TryGet(AttributeCode, out _);
        var wantsValue = filter.TryGet(AttributeValue, out _);
        var kept = new List<(int Index, bool Code, bool Value, Range CodeBytes, Range ValueBytes)>();
        for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
        {
            var (code, codeBytes, valueBytes) = ReadEntry(json, ref reader);
            var whole = filter.TryGet(code, out _);
            if (whole || wantsCode || wantsValue)
            {
                kept.Add((index, whole || wantsCode, whole || wantsValue, codeBytes, valueBytes));
            }
        }

        var list = kept.Count == 0 || kept[^1].Index == kept.Count - 1;
        Open(output, list);
        foreach (var entry in kept)
        {
            if (!list)
            {
                output.Name(entry.Index.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }

            output.StartObject();
            if (entry.Code)
            {
                output.Name("attribute_code"u8);
                output.Raw(json[entry.CodeBytes]);
            }

            if (entry.Value)
            {
                output.Name("value"u8);
                output.Raw(json[entry.ValueBytes]);
            }

            output.EndObject();
        }

        Close(output, list);
    }

    private static (string Code, Range CodeBytes, Range ValueBytes) ReadEntry(ReadOnlySpan<byte> json, ref Utf8JsonReader reader)
    {
        var code = "";
        Range codeBytes = default, valueBytes = default;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isCode = reader.ValueTextEquals(AttributeCode);
            var isValue = reader.ValueTextEquals(AttributeValue);
            reader.Read();
            if (isCode)
            {
                code = reader.GetString() ?? "";
            }

            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            var bytes = start..(int)reader.BytesConsumed;
            codeBytes = isCode ? bytes : codeBytes;
            valueBytes = isValue ? bytes : valueBytes;
        }

        return (code, codeBytes, valueBytes);
    }

    private static ReadOnlySpan<byte> SkipValue(ReadOnlySpan<byte> json, ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return json[start..(int)reader.BytesConsumed];
    }

    private static void Open(PhpJsonWriter output, bool list)
    {
        if (list)
        {
            output.StartArray();
        }
        else
        {
            output.StartObject();
        }
    }

    private static void Close(PhpJsonWriter output, bool list)
    {
        if (list)
        {
            output.EndArray();
        }
        else
        {
            output.EndObject();
        }
    }
}
