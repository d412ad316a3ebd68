using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Strangler.Proxy.Parity;

namespace Strangler.Proxy.Tests.Parity;

public sealed class JsonComparerTests
{
    private static readonly JsonComparer Comparer = new([]);

    private static readonly Gen<JsonNode?> AnyNode = Gen.Recursive<JsonNode?>((depth, inner) => depth > 3
        ? Leaf
        : Gen.OneOf(
            Leaf,
            Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 1, 4], inner).Array[0, 5].Select(Object),
            inner.Array[0, 5].Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())]))));

    private static Gen<JsonNode?> Leaf => Gen.OneOf(
        Gen.Const((JsonNode?)null), Gen.Bool.Select(value => (JsonNode?)JsonValue.Create(value)), Gen.Int.Select(value => (JsonNode?)JsonValue.Create(value)),
        Gen.Decimal[-1000000, 1000000].Select(value => (JsonNode?)JsonValue.Create(value)), Gen.String.Select(value => (JsonNode?)JsonValue.Create(value)));

    [Fact]
    public void Compare_SameDocumentWithMembersShuffledAndNumbersSpeltOtherwise_NoDifference() => Gen.Select(AnyNode, Gen.Int).Sample((node, seed) =>
        Compare(Write(node, null), Write(node, new Random(seed))) is { Count: 0 });

    [Fact]
    public void Compare_OneLeafChanged_IsFoundAtItsPathAlone() => Gen.Select(AnyNode, Gen.Int[0, 1000]).Sample((node, pick) =>
    {
        var leaves = Leaves("$", node).ToList();
        var path = leaves[pick % leaves.Count];
        var changed = Compare(Write(node, null), Write(Change(node, "$", path), null))!;
        return changed is [{ } only] && only.Path == path;
    });

    [Theory]
    [InlineData("""{"price":34}""", """{"price":34.0000}""")]
    [InlineData("""{"price":1e2}""", """{"price":100}""")]
    [InlineData("""{"at":"2026-01-05 10:00:00"}""", """{"at":"2026-01-05T10:00:00+00:00"}""")]
    [InlineData("""{"a":1,"b":[]}""", """{ "b" : [ ], "a" : 1 }""")]
    public void Compare_SameMeaning_NoDifference(string magento, string service) => Compare(magento, service).Should().BeEmpty();

    [Theory]
    [InlineData("""{"price":34}""", """{"price":"34"}""", "$.price", "type")]
    [InlineData("""{"price":34}""", """{"price":34.01}""", "$.price", "value")]
    [InlineData("""{"a":null}""", """{}""", "$.a", "missing")]
    [InlineData("""{}""", """{"a":1}""", "$.a", "extra")]
    [InlineData("""{"a":[]}""", """{"a":null}""", "$.a", "type")]
    [InlineData("""{"a":[1,2]}""", """{"a":[2,1]}""", "$.a", "order")]
    [InlineData("""{"a":[1,2]}""", """{"a":[1]}""", "$.a", "length")]
    [InlineData("""{"items":[{"p":1},{"p":2}]}""", """{"items":[{"p":1},{"p":3}]}""", "$.items[1].p", "value")]
    [InlineData("""{"at":"2026-01-05 10:00:00"}""", """{"at":"2026-01-05 11:00:00"}""", "$.at", "value")]
    [InlineData("""{"sku":"0012"}""", """{"sku":"12"}""", "$.sku", "value")]
    [InlineData("""{"n":1e-40}""", """{"n":0}""", "$.n", "value")]
    [InlineData("true", "false", "$", "value")]
    public void Compare_Difference_IsNamed(string magento, string service, string path, string kind) =>
        Compare(magento, service).Should().ContainSingle().Which.Should().Match<Difference>(found => found.Path == path && found.Kind == kind);

    [Fact]
    public void Compare_OrderThatMeansNothing_IsNoDifference()
    {
        var comparer = new JsonComparer(["$.items[*].tags"]);
        comparer.Compare(Bytes("""{"items":[{"tags":[3,1,2]}]}"""), Bytes("""{"items":[{"tags":[1,2,3]}]}""")).Should().BeEmpty();
        comparer.Compare(Bytes("""{"items":[{"tags":[3,1,2]}]}"""), Bytes("""{"items":[{"tags":[1,2,4]}]}""")).Should().ContainSingle().Which.GroupPath.Should().Be("$.items[*].tags[*]");
    }

    [Theory]
    [InlineData("""[1,2,3,4]""", """[1,3,4]""", "$", "length")]
    [InlineData("""[{"sku":"a","p":1},{"sku":"b","p":2},{"sku":"c","p":3}]""", """[{"sku":"a","p":1},{"sku":"c","p":3}]""", "$[1]", "missing")]
    [InlineData("""[{"sku":"a","p":1},{"sku":"c","p":3}]""", """[{"sku":"a","p":1},{"sku":"b","p":2},{"sku":"c","p":3}]""", "$[1]", "extra")]
    [InlineData("""[{"sku":"a","p":1},{"sku":"b","p":2}]""", """[{"sku":"b","p":2},{"sku":"a","p":1}]""", "$", "order")]
    [InlineData("""[{"sku":"a","p":1},{"sku":"b","p":2}]""", """[{"sku":"a","p":1},{"sku":"x","p":2}]""", "$[1].sku", "value")]
    [InlineData("""[{"id":1,"p":1},{"id":2,"p":2},{"id":3,"p":3}]""", """[{"id":1,"p":1},{"id":2,"p":9},{"id":3,"p":3}]""", "$[1].p", "value")]
    public void Compare_OneItemOfAList_IsOneDifference(string magento, string service, string path, string kind) =>
        Compare(magento, service).Should().ContainSingle().Which.Should().Match<Difference>(found => found.Path == path && found.Kind == kind);

    [Fact]
    public void Compare_LargeList_OneLessAndOneWrong_AreJustThose()
    {
        var magento = Enumerable.Range(0, 2000).Select(i => $$"""{"id":{{i}},"price":{{i}}.50,"name":"Product {{i}}"}""").ToList();
        var service = magento.Where((_, i) => i != 700).Select(item => item.Replace("1500.50", "1500.5", StringComparison.Ordinal).Replace("900.50", "900.05", StringComparison.Ordinal)).ToList();

        Compare($$"""{"items":[{{string.Join(',', magento)}}]}""", $$"""{"items":[{{string.Join(',', service)}}]}""")!
            .Select(difference => (difference.Path, difference.Kind)).Should().BeEquivalentTo([("$.items[700]", "missing"), ("$.items[900].price", "value"), ("$.items[1900].price", "value")]);
    }

    [Fact]
    public void Compare_ListWhoseOrderMeansNothing_InAnyOrderAndSpelling_NoDifference() => Gen.Select(AnyNode.Array[0, 8], Gen.Int).Sample((items, seed) =>
    {
        var random = new Random(seed);
        var shuffled = items.ToArray();
        random.Shuffle(shuffled);
        return new JsonComparer(["$.a"]).Compare(
            Bytes($$"""{"a":[{{string.Join(',', items.Select(item => Write(item, null)))}}]}"""),
            Bytes($$"""{"a":[{{string.Join(',', shuffled.Select(item => Write(item, random)))}}]}""")) is { Count: 0 };
    });

    [Fact]
    public void Compare_AnyBytes_NeverThrows() => Gen.Select(Gen.Byte.Array[0, 200], AnyNode).Sample((bytes, node) =>
    {
        Comparer.Compare(bytes, Bytes(Write(node, null)));
        Comparer.Compare(Bytes(Write(node, null)), bytes);
    });

    private static List<Difference>? Compare(string magento, string service) => Comparer.Compare(Bytes(magento), Bytes(service));

    private static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static JsonNode? Object((string Name, JsonNode? Value)[] members)
    {
        var made = new JsonObject();
        foreach (var (name, value) in members)
        {
            made[name] = value?.DeepClone();
        }

        return made;
    }

    private static IEnumerable<string> Leaves(string path, JsonNode? node) => node switch
    {
        JsonObject { Count: > 0 } made => made.SelectMany(member => Leaves($"{path}.{member.Key}", member.Value)),
        JsonArray { Count: > 0 } list => list.SelectMany((item, i) => Leaves(string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), item)),
        _ => [path],
    };

    private static JsonNode? Change(JsonNode? node, string path, string wanted) => path == wanted ? JsonValue.Create("§ no generator makes this one") : node switch
    {
        JsonObject made => Object([.. made.Select(member => (member.Key, Change(member.Value, $"{path}.{member.Key}", wanted)))]),
        JsonArray list => new JsonArray([.. list.Select((item, i) => Change(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), wanted)?.DeepClone())]),
        _ => node?.DeepClone(),
    };

    /// <summary>Writes a document plainly, or with a random number generator in other words of the same meaning.</summary>
    private static string Write(JsonNode? node, Random? random) => node switch
    {
        null => "null",
        JsonObject made => "{" + string.Join(Blank(random) + ",", Shuffled(made, random).Select(member => $"{JsonValue.Create(member.Key).ToJsonString()}{Blank(random)}:{Write(member.Value, random)}")) + "}",
        JsonArray list => "[" + string.Join("," + Blank(random), list.Select(item => Write(item, random))) + "]",
        JsonValue value when random is not null && value.TryGetValue<decimal>(out var number) => random.Next(2) == 0 ? (number * 1.00m).ToString(CultureInfo.InvariantCulture) : number.ToString(CultureInfo.InvariantCulture),
        _ => node.ToJsonString(),
    };

    private static KeyValuePair<string, JsonNode?>[] Shuffled(JsonObject made, Random? random)
    {
        var members = made.ToArray();
        random?.Shuffle(members);
        return members;
    }

    private static string Blank(Random? random) => random?.Next(2) == 0 ? " \n" : "";
}
