using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Strangler.Cli.Replaying;

/// <summary>Reads a line of an access log (nginx's or Apache's combined or common format, with or without the virtual host before it) or of the facade's recording.</summary>
internal static partial class LogLine
{
    private const string Mask = "***";

    /// <summary>The request; null when the line is none, and why.</summary>
    public static LoggedRequest? Parse(string line, out string? why)
    {
        try
        {
            return line.StartsWith('{') ? Recorded(line, out why) : Combined(line, out why);
        }
        catch (RegexMatchTimeoutException)
        {
            why = "it takes too long to read";
            return null;
        }
    }

    /// <summary>Whether a recording has left out a part of what was asked, so that it cannot be asked again.</summary>
    public static bool IsMasked(LoggedRequest request) => request.Target.Contains(Mask, StringComparison.Ordinal);

    private static LoggedRequest? Combined(string line, out string? why)
    {
        var match = CombinedFormat().Match(line);
        if (!match.Success)
        {
            why = "not the combined format: address, user, [time], \"request\", status, size, \"referrer\", \"agent\"";
            return null;
        }

        var request = Unescape(match.Groups["request"].Value);
        var (first, last) = (request.IndexOf(' ', StringComparison.Ordinal), request.LastIndexOf(" HTTP/", StringComparison.Ordinal));
        if (first <= 0 || last <= first || !request.AsSpan(0, first).ContainsOnlyLetters())
        {
            why = "its request is not 'METHOD target HTTP/version'";
            return null;
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var (target, host) = Origin(request[(first + 1)..last]);
        Add(headers, "Host", host ?? Host(match.Groups["host"]));
        Add(headers, "User-Agent", match.Groups["agent"] is { Success: true } agent ? Unescape(agent.Value) : null);
        return Checked(request[..first], target, headers, out why);
    }

    private static LoggedRequest? Recorded(string line, out string? why)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || Text(root, "method") is not { } method || Text(root, "target") is not { } target)
            {
                why = "a recorded request has 'method' and 'target'";
                return null;
            }

            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            if (root.TryGetProperty("headers", out var recorded) && recorded.ValueKind == JsonValueKind.Object)
            {
                foreach (var field in recorded.EnumerateObject().Where(field => field.Value.ValueKind == JsonValueKind.String))
                {
                    Add(headers, field.Name, Unmasked(field.Name, field.Value.GetString()!));
                }
            }

            return Checked(method, target, headers, out why);
        }
        catch (JsonException)
        {
            why = "not JSON";
            return null;
        }
    }

    // What was masked is left out: "***" is nobody's session.
    private static string? Unmasked(string name, string value) => name.Equals("Cookie", StringComparison.OrdinalIgnoreCase)
        ? string.Join("; ", value.Split("; ").Where(cookie => !cookie.Contains(Mask, StringComparison.Ordinal)))
        : value.Contains(Mask, StringComparison.Ordinal) ? null : value;

    private static LoggedRequest? Checked(string method, string target, Dictionary<string, string> headers, out string? why)
    {
        if (!target.StartsWith('/'))
        {
            why = "its target is no path";
            return null;
        }

        why = null;
        return new LoggedRequest(method, Encoded(target), headers);
    }

    // A log may hold the bytes that a careless client has sent; a request may not.
    private static string Encoded(string target)
    {
        if (target.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0)
        {
            return target;
        }

        var text = new StringBuilder(target.Length + 16);
        foreach (var c in target)
        {
            if (c is >= '!' and <= '~')
            {
                text.Append(c);
            }
            else
            {
                foreach (var octet in c <= '\u00ff' ? [(byte)c] : Encoding.UTF8.GetBytes(c.ToString()))
                {
                    text.Append('%').Append(octet.ToString("X2", CultureInfo.InvariantCulture));
                }
            }
        }

        return text.ToString();
    }

    // "GET http://shop.example/a HTTP/1.1" is what a proxy is asked.
    private static (string Target, string? Host) Origin(string target)
    {
        var start = target.IndexOf("://", StringComparison.Ordinal);
        if (start <= 0 || target[0] == '/')
        {
            return (target, null);
        }

        var path = target.IndexOf('/', start + 3);
        return path < 0 ? ("/", target[(start + 3)..]) : (target[path..], target[(start + 3)..path]);
    }

    private static string? Host(Group host) => host.Success ? host.Value : null;

    private static void Add(Dictionary<string, string> headers, string name, string? value)
    {
        if (value is not (null or "" or "-") && value.AsSpan().IndexOfAny('\r', '\n', '\0') < 0)
        {
            headers[name] = value;
        }
    }

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // nginx writes \xHH, Apache that and C's escapes. One byte becomes one character here.
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                plain.Append(text[i]);
            }
            else if (text[i + 1] is 'x' or 'X' && i + 3 < text.Length && byte.TryParse(text.AsSpan(i + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
            {
                plain.Append((char)octet);
                i += 3;
            }
            else
            {
                plain.Append(text[++i] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'b' => '\b', 'v' => '\v', 'f' => '\f', var other => other });
            }
        }

        return plain.ToString();
    }

    private static bool ContainsOnlyLetters(this ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange('A', 'Z') < 0;

    [GeneratedRegex(
        """^(?:(?<host>[A-Za-z0-9.-]+)(?::\d+)? (?=[0-9A-Fa-f.:]{3,} \S+ [^\[]+\[))?\S+ \S+ [^\[]+\[[^\]]+\] "(?<request>(?:[^"\\]|\\.)*)" (?:\d{3}|-) (?:\d+|-)(?: "(?<referrer>(?:[^"\\]|\\.)*)" "(?<agent>(?:[^"\\]|\\.)*)")?""",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex CombinedFormat();
}
