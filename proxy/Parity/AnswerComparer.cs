using System.Text;

namespace Strangler.Proxy.Parity;

/// <summary>Compares two answers to the same request as a slice's rules want it: status, some fields, and the body by what it is.</summary>
internal sealed class AnswerComparer
{
    private static readonly string[] UsualHeaders = ["Content-Type", "Location", "Cache-Control"];
    private readonly IReadOnlyList<string> _headers;
    private readonly IReadOnlyList<ParityIgnore> _ignore;
    private readonly JsonComparer _json;

    public AnswerComparer(ParityConfig? config)
    {
        _headers = config?.Headers ?? UsualHeaders;
        _ignore = config?.Ignore ?? [];
        _json = new JsonComparer(config?.Unordered ?? []);
    }

    /// <summary>The differences that no rule ignores; none when the answers are the same.</summary>
    public List<Difference> Compare(Answer magento, Answer service)
    {
        var found = new List<Difference>();
        if (magento.Status != service.Status)
        {
            found.Add(new Difference("status", DifferenceKind.Value, Text(magento.Status), Text(service.Status)));
        }

        foreach (var name in _headers)
        {
            CompareField(name, magento.Field(name), service.Field(name), found);
        }

        CompareBody(magento, service, found);
        found.RemoveAll(difference => _ignore.Any(rule => ParityPath.Covers(rule.Path, difference.Path)));
        return found;
    }

    private static void CompareField(string name, string? magento, string? service, List<Difference> found)
    {
        if (magento == service || (magento is not null && service is not null && Normal(name, magento) == Normal(name, service)))
        {
            return;
        }

        var kind = service is null ? DifferenceKind.Missing : magento is null ? DifferenceKind.Extra : DifferenceKind.Value;
        found.Add(new Difference($"header:{name}", kind, magento, service));
    }

    private void CompareBody(Answer magento, Answer service, List<Difference> found)
    {
        if (magento.Field("Content-Encoding") == service.Field("Content-Encoding") && magento.Body.Span.SequenceEqual(service.Body.Span))
        {
            return;
        }

        var first = BodyDecoder.Decode(magento.Body, magento.Field("Content-Encoding"));
        var second = BodyDecoder.Decode(service.Body, service.Field("Content-Encoding"));
        if (first is not { } left || second is not { } right)
        {
            if (!magento.Body.Span.SequenceEqual(service.Body.Span))
            {
                found.Add(new Difference("body", DifferenceKind.Unreadable, first is null ? "its coding cannot be taken off" : null, second is null ? "its coding cannot be taken off" : null));
            }

            return;
        }

        if (left.Span.SequenceEqual(right.Span))
        {
            return;
        }

        var type = MediaType(magento);
        if (IsJson(type) && _json.Compare(left, right) is { } differences)
        {
            found.AddRange(differences);
        }
        else if (type is "text/html" or "application/xhtml+xml")
        {
            found.AddRange(HtmlComparer.Compare(Encoding.UTF8.GetString(left.Span), Encoding.UTF8.GetString(right.Span)));
        }
        else
        {
            found.Add(new Difference("body", DifferenceKind.Value, Shown(left, type), Shown(right, type)));
        }
    }

    private static string MediaType(Answer answer) => (answer.Field("Content-Type") ?? "").Split(';')[0].Trim().ToLowerInvariant();

    private static bool IsJson(string type) => type == "application/json" || type.EndsWith("+json", StringComparison.Ordinal);

    // Parameters and directives in any order and spacing mean the same.
    private static string Normal(string name, string value)
    {
        var separator = name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase) ? ';' : name.Equals("Cache-Control", StringComparison.OrdinalIgnoreCase) ? ',' : '\0';
        return separator == '\0'
            ? value.Trim()
            : string.Join(separator, value.ToLowerInvariant().Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    private static string Shown(ReadOnlyMemory<byte> body, string type) => type.StartsWith("text/", StringComparison.Ordinal) || IsJson(type) || type.EndsWith("xml", StringComparison.Ordinal)
        ? Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, 400)])
        : $"{body.Length} bytes";

    private static string Text(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
