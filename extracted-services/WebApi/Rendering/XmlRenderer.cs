using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Strangler.WebApi.Rendering;

/// <summary>
/// Turns a finished JSON answer into the XML Magento would have given: root <c>response</c>, list elements <c>item</c>, two spaces
/// an indent, everything that is not ASCII as a hexadecimal reference (the document declares no encoding).
/// </summary>
public static partial class XmlRenderer
{
    private const string Item = "item";
    private const string Removed = "!\"#$%&'()*+,/;<=>?@[\\]^`{|}~";

    /// <summary>Writes the document, the final newline included.</summary>
    public static void Write(ReadOnlyMemory<byte> json, IBufferWriter<byte> output)
    {
        using var document = JsonDocument.Parse(json);
        output.Write("<?xml version=\"1.0\"?>\n"u8);
        WriteElement("response", document.RootElement, 0, output);
    }

    private static void WriteElement(string name, JsonElement value, int depth, IBufferWriter<byte> output)
    {
        Indent(depth, output);
        output.Write("<"u8);
        WriteAscii(name, output);
        if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
        {
            WriteChildren(name, value, depth, output);
            return;
        }

        output.Write(">"u8);
        WriteText(Text(value), output);
        Close(name, output);
    }

    private static void WriteChildren(string name, JsonElement value, int depth, IBufferWriter<byte> output)
    {
        var children = Children(value).ToList();
        if (children.Count == 0)
        {
            output.Write("/>\n"u8);
            return;
        }

        output.Write(">\n"u8);
        foreach (var (childName, child) in children)
        {
            WriteElement(childName, child, depth + 1, output);
        }

        Indent(depth, output);
        Close(name, output);
    }

    private static IEnumerable<(string Name, JsonElement Value)> Children(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            return value.EnumerateArray().Select(child => (Item, child));
        }

        // Only digits in all the keys together: PHP holds that for a list.
        var members = value.EnumerateObject().ToList();
        return members.All(member => member.Name.All(char.IsAsciiDigit))
            ? members.Select(member => (Item, member.Value))
            : members.Select(member => (ElementName(member.Name), member.Value));
    }

    private static string ElementName(string key)
    {
        var name = string.Concat(key.Where(character => !Removed.Contains(character)).Select(character => character is ' ' or ':' ? '_' : character));
        name = name.Trim('_');
        if (name.Length > 0 && (char.IsAsciiDigit(name[0]) || name[0] is ',' or '.' or '-'))
        {
            name = $"{Item}_{name}";
        }

        return NotInNames().Replace(name, "");
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() ?? "",
        JsonValueKind.Null => "",
        // A float that is cast to a string has a capital exponent, unlike one that is encoded.
        JsonValueKind.Number => value.GetRawText().Replace('e', 'E'),
        _ => value.GetRawText(),
    };

    private static void WriteText(string text, IBufferWriter<byte> output)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '<':
                    output.Write("&lt;"u8);
                    break;
                case '>':
                    output.Write("&gt;"u8);
                    break;
                case '&':
                    output.Write("&amp;"u8);
                    break;
                case '\n' or '\t' or (>= 0x20 and < 0x80):
                    output.Write([(byte)rune.Value]);
                    break;
                default:
                    WriteAscii($"&#x{rune.Value:X};", output);
                    break;
            }
        }
    }

    private static void Indent(int depth, IBufferWriter<byte> output)
    {
        for (var level = 0; level < depth; level++)
        {
            output.Write("  "u8);
        }
    }

    private static void Close(string name, IBufferWriter<byte> output)
    {
        output.Write("</"u8);
        WriteAscii(name, output);
        output.Write(">\n"u8);
    }

    private static void WriteAscii(string text, IBufferWriter<byte> output) => Encoding.ASCII.GetBytes(text, output);

    [GeneratedRegex("[^A-Za-z0-9_-]")]
    private static partial Regex NotInNames();
}
