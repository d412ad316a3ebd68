using System.Globalization;
using System.Text;

namespace Strangler.CdcSync.Binlog.Values;

/// <summary>One step of a JSON path: a member's name, or a place in an array.</summary>
internal readonly record struct JsonStep(string? Member, int Index);

/// <summary>The paths that the server logs: from the root by names and numbers, <c>$.a."b c"[3]</c>.</summary>
internal static class JsonPath
{
    public static List<JsonStep> Parse(string path)
    {
        if (path.Length == 0 || path[0] != '$')
        {
            throw Malformed(path);
        }

        var steps = new List<JsonStep>();
        for (var at = 1; at < path.Length;)
        {
            if (path[at] == '[')
            {
                var end = path.IndexOf(']', at);
                if (end < 0 || !int.TryParse(path.AsSpan(at + 1, end - at - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                {
                    throw Malformed(path);
                }

                steps.Add(new JsonStep(null, index));
                at = end + 1;
            }
            else if (path[at] == '.' && at + 1 < path.Length && path[at + 1] == '"')
            {
                var end = JsonText.EndOfString(path, at + 1);
                steps.Add(new JsonStep(JsonText.Unquote(path.AsSpan(at + 1, end - at - 1)), 0));
                at = end;
            }
            else if (path[at] == '.')
            {
                var end = path.AsSpan(at + 1).IndexOfAny('.', '[');
                end = end < 0 ? path.Length : at + 1 + end;
                steps.Add(new JsonStep(path[(at + 1)..end], 0));
                at = end;
            }
            else
            {
                throw Malformed(path);
            }
        }

        return steps;
    }

    private static FormatException Malformed(string path) => new($"Malformed data: '{path}' is no path into a JSON document.");
}

/// <summary>Strings within JSON text.</summary>
internal static class JsonText
{
    /// <summary>The place after the string that begins with the quote at <paramref name="at"/>.</summary>
    public static int EndOfString(string text, int at)
    {
        for (var i = at + 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"')
            {
                return i + 1;
            }
        }

        throw new FormatException("Malformed data: a JSON string without an end.");
    }

    /// <summary>The characters that a quoted string stands for.</summary>
    public static string Unquote(ReadOnlySpan<char> quoted)
    {
        var inner = quoted[1..^1];
        if (!inner.Contains('\\'))
        {
            return inner.ToString();
        }

        var text = new StringBuilder(inner.Length);
        for (var i = 0; i < inner.Length; i++)
        {
            if (inner[i] != '\\' || i + 1 == inner.Length)
            {
                text.Append(inner[i]);
                continue;
            }

            i++;
            if (inner[i] == 'u' && i + 4 < inner.Length && ushort.TryParse(inner.Slice(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                text.Append((char)code);
                i += 4;
                continue;
            }

            text.Append(inner[i] switch { 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', var other => other });
        }

        return text.ToString();
    }
}
