namespace Strangler.Proxy.Slices;

/// <summary>
/// Finds the slice of a request by its raw target, without decoding and without allocating. Immutable, built once per catalog.
/// </summary>
/// <remarks>
/// A trie over path segments. A literal segment beats a parameter, and a branch that leads nowhere is left again, so
/// <c>/V1/products/types</c> can stay with Magento while <c>/V1/products/{sku}</c> is a slice: Magento's own rule, where an exact match
/// of the whole path wins. A percent-encoded literal does not match: what is unusual goes to Magento.
/// </remarks>
internal sealed class SliceMatcher
{
    private readonly Node _root = new();

    public SliceMatcher(IEnumerable<Slice> slices)
    {
        foreach (var slice in slices)
        {
            Add(slice.Config.Matches, slice);
            Add(slice.Config.Except ?? [], null);
        }
    }

    /// <summary>Two matches that would take the same request. Empty for a usable catalog.</summary>
    public List<string> Conflicts { get; } = [];

    /// <summary>The slice of a request, or null for Magento's own.</summary>
    /// <param name="method">As in the request line.</param>
    /// <param name="rawTarget">Origin form; any other form belongs to no slice.</param>
    public Slice? Match(string method, string rawTarget)
    {
        if (_root.IsEmpty || rawTarget.Length == 0 || rawTarget[0] != '/')
        {
            return null;
        }

        var path = rawTarget.AsSpan();
        var end = path.IndexOf('?');
        if (end >= 0)
        {
            path = path[..end];
        }

        // Magento drops index.php in front of any path (its front controller's own name).
        if (path.StartsWith("/index.php/", StringComparison.Ordinal))
        {
            path = path["/index.php".Length..];
        }

        return _root.Find(path, method)?.Slice;
    }

    private void Add(IReadOnlyList<SliceMatchConfig> matches, Slice? slice)
    {
        foreach (var match in matches)
        {
            var pattern = PathPattern.TryParse(match.Path, out var fault) ?? throw new ArgumentException(fault);
            Add(_root, pattern.Segments, 0, match, slice);
        }
    }

    private void Add(Node node, IReadOnlyList<PatternSegment> segments, int index, SliceMatchConfig match, Slice? slice)
    {
        if (index == segments.Count)
        {
            End(node, match, slice, catchAll: false);
            return;
        }

        switch (segments[index].Kind)
        {
            case SegmentKind.Literal:
                Add(node.Literal(segments[index].Text), segments, index + 1, match, slice);
                break;
            case SegmentKind.Parameter:
                Add(node.Parameter ??= new Node(), segments, index + 1, match, slice);
                break;
            case SegmentKind.OptionalParameter:
                Add(node.Parameter ??= new Node(), segments, index + 1, match, slice);
                Add(node, segments, index + 1, match, slice);
                break;
            default:
                End(node, match, slice, catchAll: true);
                break;
        }
    }

    private void End(Node node, SliceMatchConfig match, Slice? slice, bool catchAll)
    {
        foreach (var method in match.Methods)
        {
            if (!node.TryEnd(method, new Owner(slice), catchAll, out var other) && other?.Slice != slice)
            {
                Conflicts.Add($"{method} {match.Path} is taken by both {other?.Slice?.Id ?? "an 'except'"} and {slice?.Id ?? "an 'except'"}");
            }
        }
    }

    /// <summary>Who takes a request: a slice, or (null) Magento by an <c>except</c>.</summary>
    private sealed record Owner(Slice? Slice);

    private sealed class Node
    {
        private readonly Dictionary<string, Node> _literals = new(StringComparer.Ordinal);
        private readonly Dictionary<string, Node>.AlternateLookup<ReadOnlySpan<char>> _bySpan;
        private Dictionary<string, Owner>? _ends;
        private Dictionary<string, Owner>? _catchAll;

        public Node() => _bySpan = _literals.GetAlternateLookup<ReadOnlySpan<char>>();

        public Node? Parameter { get; set; }

        public bool IsEmpty => _literals.Count == 0 && Parameter is null && _catchAll is null && _ends is null;

        public Node Literal(string text)
        {
            if (!_literals.TryGetValue(text, out var node))
            {
                _literals.Add(text, node = new Node());
            }

            return node;
        }

        public bool TryEnd(string method, Owner owner, bool catchAll, out Owner? other)
        {
            var ends = catchAll ? _catchAll ??= new(StringComparer.Ordinal) : _ends ??= new(StringComparer.Ordinal);
            return !ends.TryGetValue(method, out other) && ends.TryAdd(method, owner);
        }

        public Owner? Find(ReadOnlySpan<char> path, string method)
        {
            path = path.TrimStart('/');
            if (path.IsEmpty)
            {
                return End(_ends, method) ?? End(_catchAll, method);
            }

            var length = path.IndexOf('/');
            var segment = length < 0 ? path : path[..length];
            var rest = length < 0 ? default : path[length..];
            if (_bySpan.TryGetValue(segment, out var literal) && literal.Find(rest, method) is { } found)
            {
                return found;
            }

            return Parameter?.Find(rest, method) ?? End(_catchAll, method);
        }

        private static Owner? End(Dictionary<string, Owner>? ends, string method) => ends?.GetValueOrDefault(method);
    }
}
