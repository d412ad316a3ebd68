using System.Globalization;
using System.Text.Json;

namespace Strangler.Proxy.Parity;

/// <summary>
/// Compares two JSON documents by structure: members in any order, numbers by value, moments of time by the moment, lists in their order save
/// where a rule says that it means nothing.
/// </summary>
internal sealed class JsonComparer(IReadOnlyList<string> unordered)
{
    private const int MaximumDifferences = 200;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 256 };

    /// <summary>The differences; null when one of the bodies is no JSON.</summary>
    public List<Difference>? Compare(ReadOnlyMemory<byte> magento, ReadOnlyMemory<byte> service)
    {
        JsonDocument? first = null;
        JsonDocument? second = null;
        try
        {
            first = JsonDocument.Parse(magento, Options);
            second = JsonDocument.Parse(service, Options);
            var found = new List<Difference>();
            Compare("$", first.RootElement, second.RootElement, found);
            return found;
        }
        catch (JsonException)
        {
            return null;
        }
        finally
        {
            first?.Dispose();
            second?.Dispose();
        }
    }

    private void Compare(string path, JsonElement magento, JsonElement service, List<Difference> found)
    {
        if (found.Count >= MaximumDifferences)
        {
            return;
        }

        var (left, right) = (KindOf(magento), KindOf(service));
        if (left != right)
        {
            found.Add(new Difference(path, DifferenceKind.Type, Text(magento), Text(service)));
            return;
        }

        switch (left)
        {
            case JsonValueKind.Object:
                CompareMembers(path, magento, service, found);
                break;
            case JsonValueKind.Array:
                CompareItems(path, magento, service, found);
                break;
            case JsonValueKind.Number when !AreSameNumber(magento.GetRawText(), service.GetRawText()):
            case JsonValueKind.True when magento.ValueKind != service.ValueKind:
                found.Add(new Difference(path, DifferenceKind.Value, Text(magento), Text(service)));
                break;
            case JsonValueKind.String when !AreSameText(magento.GetString()!, service.GetString()!):
                found.Add(new Difference(path, DifferenceKind.Value, Text(magento), Text(service)));
                break;
        }
    }

    private void CompareMembers(string path, JsonElement magento, JsonElement service, List<Difference> found)
    {
        // The last one of a repeated name counts, as it does for those who read the answer.
        var theirs = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in service.EnumerateObject())
        {
            theirs[member.Name] = member.Value;
        }

        var ours = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in magento.EnumerateObject())
        {
            ours[member.Name] = member.Value;
        }

        foreach (var (name, value) in ours)
        {
            if (theirs.Remove(name, out var other))
            {
                Compare(Member(path, name), value, other, found);
            }
            else
            {
                found.Add(new Difference(Member(path, name), DifferenceKind.Missing, Text(value), null));
            }
        }

        found.AddRange(theirs.Select(extra => new Difference(Member(path, extra.Key), DifferenceKind.Extra, null, Text(extra.Value))));
    }

    private void CompareItems(string path, JsonElement magento, JsonElement service, List<Difference> found)
    {
        var (left, right) = (magento.EnumerateArray().ToList(), service.EnumerateArray().ToList());
        if (unordered.Any(rule => ParityPath.Covers(rule, path) && rule.Count(c => c is '.' or '[') == path.Count(c => c is '.' or '[')))
        {
            (left, right) = ([.. left.OrderBy(Canonical, StringComparer.Ordinal)], [.. right.OrderBy(Canonical, StringComparer.Ordinal)]);
        }
        else if (left.Count == right.Count && left.Count > 1 && !SameInOrder(left, right) && SameSet(left, right))
        {
            found.Add(new Difference(path, DifferenceKind.Order, Text(magento), Text(service)));
            return;
        }

        for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            Compare($"{path}[{i.ToString(CultureInfo.InvariantCulture)}]", left[i], right[i], found);
        }

        if (left.Count != right.Count)
        {
            found.Add(new Difference(
                path, DifferenceKind.Length, left.Count.ToString(CultureInfo.InvariantCulture), right.Count.ToString(CultureInfo.InvariantCulture)));
        }
    }

    private static bool SameInOrder(List<JsonElement> left, List<JsonElement> right) => left.Zip(right).All(pair => Canonical(pair.First) == Canonical(pair.Second));

    private static bool SameSet(List<JsonElement> left, List<JsonElement> right) =>
        left.Select(Canonical).Order(StringComparer.Ordinal).SequenceEqual(right.Select(Canonical).Order(StringComparer.Ordinal));

    /// <summary>One spelling for all documents that are the same, for sorting and counting.</summary>
    private static string Canonical(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "{" + string.Join(',', element.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => $"{member.Name}:{Canonical(member.Value)}")) + "}",
        JsonValueKind.Array => "[" + string.Join(',', element.EnumerateArray().Select(Canonical)) + "]",
        JsonValueKind.Number => decimal.TryParse(element.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? (number / 1.000000000000000000000000000m).ToString(CultureInfo.InvariantCulture) : element.GetRawText(),
        _ => element.GetRawText(),
    };

    private static JsonValueKind KindOf(JsonElement element) => element.ValueKind == JsonValueKind.False ? JsonValueKind.True : element.ValueKind;

    internal static bool AreSameNumber(string left, string right)
    {
        if (left == right)
        {
            return true;
        }

        if (decimal.TryParse(left, NumberStyles.Float, CultureInfo.InvariantCulture, out var first) && decimal.TryParse(right, NumberStyles.Float, CultureInfo.InvariantCulture, out var second))
        {
            // Zero from a number too small for a decimal is not the zero that was written.
            return first == second && (first != 0 || (IsZero(left) && IsZero(right)));
        }

        return double.Parse(left, NumberStyles.Float, CultureInfo.InvariantCulture).Equals(double.Parse(right, NumberStyles.Float, CultureInfo.InvariantCulture));
    }

    private static bool IsZero(string number) => number.AsSpan(0, number.AsSpan().IndexOfAny('e', 'E') is >= 0 and var exponent ? exponent : number.Length).IndexOfAnyInRange('1', '9') < 0;

    // Magento writes a moment as '2026-01-05 10:00:00' (UTC); another writer of the same moment may use ISO's form.
    private static bool AreSameText(string left, string right) => left == right
        || (Moment(left) is { } first && Moment(right) is { } second && first == second);

    private static DateTimeOffset? Moment(string text) =>
        text.Length is >= 19 and <= 35 && char.IsAsciiDigit(text[0]) && text[4] == '-' && text[10] is ' ' or 'T'
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)
            ? moment
            : null;

    private static string Member(string path, string name) => $"{path}.{name}";

    private static string Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();
}
