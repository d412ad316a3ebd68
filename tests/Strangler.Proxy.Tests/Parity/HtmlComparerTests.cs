using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using Strangler.Proxy.Parity;

namespace Strangler.Proxy.Tests.Parity;

public sealed partial class HtmlComparerTests
{
    private static readonly Gen<Element> AnyElement = Gen.Recursive<Element>((depth, inner) => Gen.Select(
        AnyOf("div", "span", "section", "b"), Gen.Select(AnyOf("id", "class", "title", "data-x"), AnyOf("a", "a b", "34.00", "x&\"y")).Array[0, 3],
        AnyOf("", "Hello you", "34,00 €", "a < b"), depth > 3 ? Gen.Const(Array.Empty<Element>()) : inner.Array[0, 3]).Select((name, attributes, text, children) =>
            new Element(name, attributes.DistinctBy(attribute => attribute.Item1).ToArray(), text, children)));

    [Fact]
    public void Compare_SamePageWrittenOtherwise_NoDifference() => Gen.Select(AnyElement, Gen.Int).Sample((element, seed) =>
        HtmlComparer.Compare(Page(Write(element, null)), Page(Write(element, new Random(seed)))).Count == 0);

    [Fact]
    public void Compare_OneTextChanged_IsFoundAlone() => Gen.Select(AnyElement, Gen.Int[0, 100]).Sample((element, pick) =>
    {
        var all = Flat(element).ToList();
        var changed = Write(element, null, all[pick % all.Count]);
        return HtmlComparer.Compare(Page(Write(element, null)), Page(changed)) is [_];
    });

    [Fact]
    public void Compare_AnyText_NeverThrows() => Gen.Select(Gen.String, Gen.String).Sample((left, right) => HtmlComparer.Compare(left, right) is not null);

    [Theory]
    [InlineData("<input name=form_key value=73V5PGYz4ah6oVWJ>", "<input value=KNVPd7B5gHmivyeh name=form_key>")]
    [InlineData("<script nonce=abc>run()</script>", "<script nonce=xyz>run()</script>")]
    [InlineData("<link href=/static/version1795355223/frontend/a.css>", "<link href=/static/version1895355224/frontend/a.css>")]
    [InlineData("""<script>var a = "http:\u002F\u002Fs\u002Fstatic\u002Fversion1\u002Fx";</script>""", """<script>var a = "http:\u002F\u002Fs\u002Fstatic\u002Fversion22\u002Fx";</script>""")]
    [InlineData("<a href=/checkout/cart/add/uenc/aHR0cDovL3Nob3AudGVzdDo4MDgwL2E~/product/1>", "<a href=/checkout/cart/add/uenc/aHR0cHM6Ly9zaG9wLnRlc3QvYQ~~/product/1>")]
    [InlineData("""<script type="text/x-magento-init">{"*":{"a":{"price":34,"formKey":"73V5PGYz4ah6oVWJ"}}}</script>""", """<script type="text/x-magento-init"> {"*": {"a": {"formKey":"KNVPd7B5gHmivyeh","price":34.0}}}</script>""")]
    [InlineData("""<a data-post='{"action":"\/x","data":{"id":1}}'>""", """<a data-post='{"data":{"id":1},"action":"/x"}'>""")]
    public void Compare_WhatIsMadeAnewForEachAnswer_NoDifference(string magento, string service) => HtmlComparer.Compare(Page(magento), Page(service)).Should().BeEmpty();

    [Theory]
    [InlineData("<input name=form_key value=73V5PGYz4ah6oVWJ>", "<input name=form_key value=''>", "/html/body[1]/input[1]/@value")]
    [InlineData("<input name=qty value=73V5PGYz4ah6oVWJ>", "<input name=qty value=KNVPd7B5gHmivyeh>", "/html/body[1]/input[1]/@value")]
    [InlineData("<link href=/static/version1/a.css>", "<link href=/static/version1/b.css>", "/html/body[1]/link[1]/@href")]
    [InlineData("<a href=/add/uenc/aHR0cDovL3Nob3AudGVzdC9h/>", "<a href=/add/uenc/aHR0cDovL3Nob3AudGVzdC9i/>", "/html/body[1]/a[1]/@href")]
    [InlineData("""<script type="application/ld+json">{"offers":[{"price":34}]}</script>""", """<script type="application/ld+json">{"offers":[{"price":43}]}</script>""", "/html/body[1]/script[1]/text()[1]/$.offers[0].price")]
    [InlineData("""<a data-post='{"data":{"id":1}}'>""", """<a data-post='{"data":{"id":2}}'>""", "/html/body[1]/a[1]/@data-post/$.data.id")]
    public void Compare_WhatAShopperWouldNotice_IsFound(string magento, string service, string path) =>
        HtmlComparer.Compare(Page(magento), Page(service)).Should().ContainSingle().Which.Path.Should().Be(path);

    /// <summary>Pages as a store writes them: the same again for another visitor, after a deployment; and one price changed in each.</summary>
    [Fact]
    public void Compare_RecordedPages_ForAnotherVisitorAfterADeployment_AreTheSame_AndAPriceIsNot()
    {
        var pages = RecordedPages().ToList();
        pages.Should().HaveCountGreaterThan(20);
        var prices = 0;
        foreach (var page in pages)
        {
            var other = Nonce().Replace(Version().Replace(FormKey().Replace(page, "Zz9Zz9Zz9Zz9Zz9Z"), "4711471147"), "another");
            HtmlComparer.Compare(page, other).Should().BeEmpty();
            if (Price().Match(page) is { Success: true } price)
            {
                prices++;
                HtmlComparer.Compare(page, page[..price.Index] + "987654.5" + page[(price.Index + price.Length)..]).Should().ContainSingle();
            }
        }

        prices.Should().BeGreaterThan(3);
    }

    private static Gen<T> AnyOf<T>(params T[] items) => Gen.Int[0, items.Length - 1].Select(i => items[i]);

    private static IEnumerable<string> RecordedPages()
    {
        foreach (var line in File.ReadLines(RepositoryPaths.RequireShared("magento", "recordings", "storefront-html.jsonl")))
        {
            using var recording = JsonDocument.Parse(line);
            if (recording.RootElement.GetProperty("response").TryGetProperty("body", out var body) && body.ValueKind == JsonValueKind.String
                && body.GetString() is { } text && text.Contains("<html", StringComparison.OrdinalIgnoreCase))
            {
                yield return text;
            }
        }
    }

    private static string Page(string body) => "<!doctype html><html><body>" + body;

    private static IEnumerable<Element> Flat(Element element) => element.Children.SelectMany(Flat).Prepend(element);

    private static string Write(Element element, Random? random, Element? changed = null)
    {
        var attributes = element.Attributes.ToArray();
        random?.Shuffle(attributes);
        var text = new StringBuilder("<").Append(random?.Next(2) == 0 ? element.Name.ToUpperInvariant() : element.Name);
        foreach (var (name, value) in attributes)
        {
            var spelt = name == "class" && random is not null ? string.Join("  ", value.Split(' ').Reverse()) : value;
            text.Append(random is null ? " " : "\n ").Append(name).Append("=\"").Append(System.Net.WebUtility.HtmlEncode(spelt)).Append('"');
        }

        text.Append('>').Append(random?.Next(2) == 0 ? "<!-- made -->" : "");
        var words = System.Net.WebUtility.HtmlEncode(element.Text + (ReferenceEquals(element, changed) ? " §" : ""));
        text.Append(random is null ? words : words.Replace(" ", " \n\t", StringComparison.Ordinal));
        foreach (var child in element.Children)
        {
            text.Append(random is null ? "" : "\n  ").Append(Write(child, random, changed));
        }

        return text.Append("</").Append(element.Name).Append('>').ToString();
    }

    private sealed record Element(string Name, (string Name, string Value)[] Attributes, string Text, Element[] Children);

    [GeneratedRegex("(?<=name=\"form_key\" type=\"hidden\" value=\")[A-Za-z0-9]{16}")]
    private static partial Regex FormKey();

    [GeneratedRegex(@"(?<=static(?:/|\\/|\\u002F)version)\d+")]
    private static partial Regex Version();

    [GeneratedRegex("(?<=nonce=\")[^\"]+")]
    private static partial Regex Nonce();

    [GeneratedRegex("(?<=data-price-amount=\")[0-9.]+(?=\")")]
    private static partial Regex Price();
}
