using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Strangler.Proxy.Parity;

/// <summary>
/// Compares two JSON documents by structure: members in any order, numbers by value, moments of time by the moment, lists in their order save
/// where a rule says that it means nothing.
/// </summary>
/// <param name="unordered">Paths of lists whose order means nothing.</param>
/// <param name="isInPage">The documents are part of a page, and hold what a page does.</param>
internal sealed class JsonComparer(IReadOnlyList<string> unordered, bool isInPage = false)
{
    private const int MaximumDifferences = 200;
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 256 };

    /// <summary>The differences; null when one of the bodies is no JSON.</summary>
    public List<Difference>? Compare(ReadOnlyMemory<byte> magento, ReadOnlyMemory<byte> service, string root = "$")
    {
        JsonDocument? first = null;
        JsonDocument? second = null;
        try
        {
            first = JsonDocument.Parse(magento, Options);
            second = JsonDocument.Parse(service, Options);
            var found = new List<Difference>();
            Compare(root, first.RootElement, second.RootElement, found);
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
            // Most of a large answer is the same, byte by byte.
            case JsonValueKind.Object or JsonValueKind.Array when JsonMarshal.GetRawUtf8Value(magento).SequenceEqual(JsonMarshal.GetRawUtf8Value(service)):
                break;
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
            case JsonValueKind.String when !AreSameText(path, magento.GetString()!, service.GetString()!):
                found.Add(new Difference(path, DifferenceKind.Value, Text(magento), Text(service)));
                break;
        }
    }

    private void CompareMembers(string path, JsonElement magento, JsonElement service, List<Difference> found)
    {
        var (ours, theirs) = (JsonLists.Members(magento), JsonLists.Members(service));
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
        var isOrdered = !unordered.Any(rule => ParityPath.Covers(rule, path) && rule.Count(c => c is '.' or '[') == path.Count(c => c is '.' or '['));
        if (JsonLists.Names(left, right) is { } names)
        {
            CompareNamed(path, left, right, names.Left, names.Right, isOrdered, found);
        }
        else if (!isOrdered)
        {
            CompareBags(path, left, right, found);
        }
        else if (left.Count == right.Count && left.Count > 1 && SameBag(left, right))
        {
            if (!left.Zip(right).All(pair => JsonLists.Canonical(pair.First) == JsonLists.Canonical(pair.Second)))
            {
                found.Add(new Difference(path, DifferenceKind.Order, Text(magento), Text(service)));
            }
        }
        else
        {
            CompareInOrder(path, left, right, found);
        }
    }

    // Each item has a name of its own, such as a sku: whatever is between them, the same ones are compared.
    private void CompareNamed(string path, List<JsonElement> left, List<JsonElement> right, List<string> ours, List<string> theirs, bool isOrdered, List<Difference> found)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < theirs.Count; i++)
        {
            places[theirs[i]] = i;
        }

        var known = ours.ToHashSet(StringComparer.Ordinal);
        var met = new List<int>();
        for (var i = 0; i < left.Count && found.Count < MaximumDifferences; i++)
        {
            if (places.TryGetValue(ours[i], out var place))
            {
                met.Add(place);
                Compare(Item(path, i), left[i], right[place], found);
            }
            else if (i < right.Count && !known.Contains(theirs[i]))
            {
                // Another name in the same place: the name itself may be what differs.
                known.Add(theirs[i]);
                Compare(Item(path, i), left[i], right[i], found);
            }
            else
            {
                found.Add(new Difference(Item(path, i), DifferenceKind.Missing, Text(left[i]), null));
            }
        }

        for (var i = 0; i < right.Count; i++)
        {
            if (!known.Contains(theirs[i]))
            {
                found.Add(new Difference(Item(path, i), DifferenceKind.Extra, null, Text(right[i])));
            }
        }

        if (isOrdered && !met.SequenceEqual(met.Order()))
        {
            found.Add(new Difference(path, DifferenceKind.Order, string.Join(", ", ours.Where(places.ContainsKey)), string.Join(", ", theirs.Where(ours.Contains))));
        }
    }

    // Equal ones meet wherever they stand; what is left is compared as it stands.
    private void CompareBags(string path, List<JsonElement> left, List<JsonElement> right, List<Difference> found)
    {
        var theirs = right.Select((item, place) => (Name: JsonLists.Canonical(item), Place: place)).GroupBy(item => item.Name, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => new Queue<int>(group.Select(item => item.Place)), StringComparer.Ordinal);
        var alone = new List<int>();
        for (var i = 0; i < left.Count; i++)
        {
            if (!(theirs.TryGetValue(JsonLists.Canonical(left[i]), out var places) && places.TryDequeue(out _)))
            {
                alone.Add(i);
            }
        }

        var rest = theirs.Values.SelectMany(places => places).Order().ToList();
        foreach (var (ours, other) in alone.Zip(rest))
        {
            Compare(Item(path, ours), left[ours], right[other], found);
        }

        CompareLength(path, left, right, found);
    }

    private void CompareInOrder(string path, List<JsonElement> left, List<JsonElement> right, List<Difference> found)
    {
        if (left.Count != right.Count && IsOneWithinTheOther(left, right))
        {
            CompareLength(path, left, right, found);
            return;
        }

        for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            Compare(Item(path, i), left[i], right[i], found);
        }

        CompareLength(path, left, right, found);
    }

    private static void CompareLength(string path, List<JsonElement> left, List<JsonElement> right, List<Difference> found)
    {
        if (left.Count != right.Count)
        {
            found.Add(new Difference(path, DifferenceKind.Length, left.Count.ToString(CultureInfo.InvariantCulture), right.Count.ToString(CultureInfo.InvariantCulture)));
        }
    }

    // What is alike at the beginning and at the end makes up the whole of the shorter one: some items were put in, or taken out.
    private static bool IsOneWithinTheOther(List<JsonElement> left, List<JsonElement> right)
    {
        var (ours, theirs) = (left.ConvertAll(JsonLists.Canonical), right.ConvertAll(JsonLists.Canonical));
        var shorter = Math.Min(ours.Count, theirs.Count);
        var (first, last) = (0, 0);
        while (first < shorter && ours[first] == theirs[first])
        {
            first++;
        }

        while (last < shorter - first && ours[^(last + 1)] == theirs[^(last + 1)])
        {
            last++;
        }

        return first + last == shorter;
    }

    private static bool SameBag(List<JsonElement> left, List<JsonElement> right) =>
        left.Select(JsonLists.Canonical).Order(StringComparer.Ordinal).SequenceEqual(right.Select(JsonLists.Canonical).Order(StringComparer.Ordinal));

    private static string Item(string path, int place) => $"{path}[{place.ToString(CultureInfo.InvariantCulture)}]";

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

    internal static bool IsZero(string number) => number.AsSpan(0, number.AsSpan().IndexOfAny('e', 'E') is >= 0 and var exponent ? exponent : number.Length).IndexOfAnyInRange('1', '9') < 0;

    // Magento writes a moment as '2026-01-05 10:00:00' (UTC); another writer of the same moment may use ISO's form.
    private bool AreSameText(string path, string left, string right) => left == right
        || (Moment(left) is { } first && Moment(right) is { } second && first == second)
        || (isInPage && (PageText.AreSame(left, right) || (left.Length > 0 && right.Length > 0 && PageText.IsFormKey(path[(path.LastIndexOf('.') + 1)..]))));

    internal static DateTimeOffset? Moment(string text) =>
        text.Length is >= 19 and <= 35 && char.IsAsciiDigit(text[0]) && text[4] == '-' && text[10] is ' ' or 'T'
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)
            ? moment
            : null;

    private static string Member(string path, string name) => $"{path}.{name}";

    private static string Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();
}
