namespace Strangler.Proxy.Slices;

/// <summary>One segment of a path pattern.</summary>
internal enum SegmentKind
{
    Literal,
    Parameter,
    OptionalParameter,
    CatchAll,
}

/// <param name="Kind">What the segment takes.</param>
/// <param name="Text">The literal, or the parameter's name.</param>
internal readonly record struct PatternSegment(SegmentKind Kind, string Text);

/// <summary>A parsed path pattern. See <see cref="SliceMatchConfig"/> for the language.</summary>
internal sealed class PathPattern
{
    private PathPattern(string text, IReadOnlyList<PatternSegment> segments)
    {
        Text = text;
        Segments = segments;
    }

    public string Text { get; }

    public IReadOnlyList<PatternSegment> Segments { get; }

    /// <summary>Parses, or says in <paramref name="fault"/> what is wrong with the pattern.</summary>
    public static PathPattern? TryParse(string text, out string? fault)
    {
        fault = Fault(text);
        if (fault is not null)
        {
            return null;
        }

        var segments = new List<PatternSegment>();
        foreach (var part in text.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (segments is [.., { Kind: SegmentKind.CatchAll }])
            {
                fault = $"'{text}': '{{**…}}' must be the last segment";
                return null;
            }

            segments.Add(Parse(part));
        }

        if (segments.Any(segment => segment.Text.Length == 0 || (segment.Kind == SegmentKind.Literal && segment.Text.AsSpan().IndexOfAny("{}*") >= 0)))
        {
            fault = $"'{text}': a segment is a literal, {{name}}, {{name?}} or {{**name}}";
            return null;
        }

        return new PathPattern(text, segments);
    }

    private static string? Fault(string text) =>
        !text.StartsWith('/') ? $"'{text}' must start with '/'"
        : text.AsSpan().IndexOfAny("?#") is var at and >= 0 && (text[at] == '#' || at + 1 >= text.Length || text[at + 1] != '}')
            ? $"'{text}' must be a path without query or fragment"
        : null;

    private static PatternSegment Parse(string part) => part switch
    {
        ['{', '*', '*', .. var name, '}'] => new(SegmentKind.CatchAll, name),
        ['{', .. var name, '?', '}'] => new(SegmentKind.OptionalParameter, name),
        ['{', .. var name, '}'] => new(SegmentKind.Parameter, name),
        _ => new(SegmentKind.Literal, part),
    };
}
