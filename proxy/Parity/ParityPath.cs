using System.Text;

namespace Strangler.Proxy.Parity;

/// <summary>Paths of differences: where numbers in brackets are places, and <c>*</c> stands for any one step.</summary>
internal static class ParityPath
{
    /// <summary><c>$.items[3].price</c> becomes <c>$.items[*].price</c>.</summary>
    public static string Generalise(string path)
    {
        if (!path.Contains('[', StringComparison.Ordinal))
        {
            return path;
        }

        var text = new StringBuilder(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            var end = path[i] == '[' ? path.IndexOf(']', i) : -1;
            if (end > i + 1 && path.AsSpan(i + 1, end - i - 1).IndexOfAnyExceptInRange('0', '9') < 0)
            {
                text.Append("[*]");
                i = end;
            }
            else
            {
                text.Append(path[i]);
            }
        }

        return text.ToString();
    }

    /// <summary>Whether a rule's path, or a part of the answer above, names this path.</summary>
    public static bool Covers(string rule, string path)
    {
        var (wanted, steps) = (Steps(rule), Steps(path));
        return wanted.Count <= steps.Count && wanted.Zip(steps).All(pair => Meets(pair.First, pair.Second));
    }

    private static bool Meets(string rule, string step) =>
        rule == step || rule == "*" || (rule == "[*]" && step.StartsWith('['))
        || (rule.EndsWith("[*]", StringComparison.Ordinal) && step.StartsWith(rule[..^2], StringComparison.Ordinal));

    // JSON: $ .a .b [3] .c; HTML: / html / body / div[2]; header:Name is one step.
    private static List<string> Steps(string path)
    {
        if (path.StartsWith('/'))
        {
            return [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries)];
        }

        if (!path.StartsWith('$'))
        {
            return [path.StartsWith("header:", StringComparison.OrdinalIgnoreCase) ? path.ToLowerInvariant() : path];
        }

        var steps = new List<string>();
        var step = new StringBuilder();
        foreach (var c in path)
        {
            if (c is '.' or '[' && step.Length > 0)
            {
                steps.Add(step.ToString());
                step.Clear();
            }

            if (c != '.')
            {
                step.Append(c);
            }
        }

        if (step.Length > 0)
        {
            steps.Add(step.ToString());
        }

        return steps;
    }
}
