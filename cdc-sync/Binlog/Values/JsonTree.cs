using System.Text;

namespace Strangler.CdcSync.Binlog.Values;

/// <summary>
/// A JSON document that can be changed at a path and keeps the server's own way of writing: scalars stay the text they are, members
/// stand in the order in which the server keeps them. Not safe for several threads.
/// </summary>
internal sealed class JsonTree
{
    private const int MaximumDepth = 150;

    private Node _root;

    private JsonTree(Node root) => _root = root;

    private enum Kind
    {
        Scalar,
        Array,
        Object,
    }

    /// <summary>Reads a document in the text that the server prints.</summary>
    public static JsonTree Parse(string text)
    {
        var at = 0;
        var root = Read(text, ref at, 0);
        return at == text.Length ? new JsonTree(root) : throw Malformed(at);
    }

    /// <summary>Puts a value where one is; false when there is none.</summary>
    public bool Replace(List<JsonStep> path, string value)
    {
        var node = Parse(value)._root;
        if (path.Count == 0)
        {
            _root = node;
            return true;
        }

        if (Find(path, path.Count - 1) is not { } parent || parent.IndexOf(path[^1]) is not (>= 0 and var index))
        {
            return false;
        }

        parent.Items[index] = node;
        return true;
    }

    /// <summary>Adds a member that is not there, or an item before the one at its place; false when the path leads to no such container.</summary>
    public bool Insert(List<JsonStep> path, string value)
    {
        if (path.Count == 0 || Find(path, path.Count - 1) is not { } parent)
        {
            return false;
        }

        var (step, node) = (path[^1], Parse(value)._root);
        if (step.Member is null)
        {
            if (parent.Kind == Kind.Array)
            {
                parent.Items.Insert(Math.Min(step.Index, parent.Items.Count), node);
            }

            return parent.Kind == Kind.Array;
        }

        if (parent.Kind != Kind.Object || parent.IndexOf(step) >= 0)
        {
            return false;
        }

        var at = parent.Names.FindIndex(name => Compare(name, step.Member) > 0);
        at = at < 0 ? parent.Names.Count : at;
        parent.Names.Insert(at, step.Member);
        parent.Items.Insert(at, node);
        return true;
    }

    /// <summary>Takes a value away; false when there is none.</summary>
    public bool Remove(List<JsonStep> path)
    {
        if (path.Count == 0 || Find(path, path.Count - 1) is not { } parent || parent.IndexOf(path[^1]) is not (>= 0 and var index))
        {
            return false;
        }

        parent.Items.RemoveAt(index);
        if (parent.Kind == Kind.Object)
        {
            parent.Names.RemoveAt(index);
        }

        return true;
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        Write(text, _root);
        return text.ToString();
    }

    private Node? Find(List<JsonStep> path, int steps)
    {
        var node = _root;
        for (var i = 0; i < steps; i++)
        {
            var index = node.IndexOf(path[i]);
            if (index < 0)
            {
                return null;
            }

            node = node.Items[index];
        }

        return node;
    }

    // The server sorts members by the length of their names in bytes, then by the bytes.
    private static int Compare(string left, string right)
    {
        var (one, other) = (Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));
        var byLength = one.Length.CompareTo(other.Length);
        return byLength != 0 ? byLength : one.AsSpan().SequenceCompareTo(other);
    }

    private static Node Read(string text, ref int at, int depth)
    {
        if (depth > MaximumDepth || at >= text.Length)
        {
            throw Malformed(at);
        }

        return text[at] switch
        {
            '{' => ReadContainer(text, ref at, depth, Kind.Object, '}'),
            '[' => ReadContainer(text, ref at, depth, Kind.Array, ']'),
            _ => ReadScalar(text, ref at),
        };
    }

    private static Node ReadContainer(string text, ref int at, int depth, Kind kind, char end)
    {
        var node = new Node(kind, "");
        at++;
        while (at < text.Length && text[at] != end)
        {
            if (text[at] is ',' or ' ')
            {
                at++;
                continue;
            }

            if (kind == Kind.Object)
            {
                var close = text[at] == '"' ? JsonText.EndOfString(text, at) : throw Malformed(at);
                node.Names.Add(JsonText.Unquote(text.AsSpan(at, close - at)));
                at = text.AsSpan(close).StartsWith(": ", StringComparison.Ordinal) ? close + 2 : throw Malformed(close);
            }

            node.Items.Add(Read(text, ref at, depth + 1));
        }

        at = at < text.Length ? at + 1 : throw Malformed(at);
        return node;
    }

    private static Node ReadScalar(string text, ref int at)
    {
        var start = at;
        if (text[at] == '"')
        {
            at = JsonText.EndOfString(text, at);
        }
        else
        {
            var length = text.AsSpan(at).IndexOfAny(",]}".AsSpan());
            at = length < 0 ? text.Length : at + length;
        }

        return at > start ? new Node(Kind.Scalar, text[start..at]) : throw Malformed(at);
    }

    private static void Write(StringBuilder text, Node node)
    {
        if (node.Kind == Kind.Scalar)
        {
            text.Append(node.Text);
            return;
        }

        text.Append(node.Kind == Kind.Object ? '{' : '[');
        for (var i = 0; i < node.Items.Count; i++)
        {
            text.Append(i > 0 ? ", " : "");
            if (node.Kind == Kind.Object)
            {
                JsonDocumentReader.AppendString(text, node.Names[i]);
                text.Append(": ");
            }

            Write(text, node.Items[i]);
        }

        text.Append(node.Kind == Kind.Object ? '}' : ']');
    }

    private static FormatException Malformed(int at) => new($"Malformed JSON text at {at}.");

    private sealed class Node(Kind kind, string text)
    {
        public Kind Kind { get; } = kind;

        public string Text { get; } = text;

        public List<string> Names { get; } = [];

        public List<Node> Items { get; } = [];

        public int IndexOf(JsonStep step) => step.Member is not null
            ? Kind == Kind.Object ? Names.IndexOf(step.Member) : -1
            : Kind == Kind.Array && step.Index < Items.Count ? step.Index : -1;
    }
}
