using System.IO.Compression;
using System.Text;
using Strangler.Proxy.Parity;

namespace Strangler.Proxy.Tests.Parity;

public sealed class AnswerComparerTests
{
    private static readonly AnswerComparer Usual = new(null);

    [Theory]
    [InlineData("gzip", "br")]
    [InlineData("identity", "gzip")]
    [InlineData("deflate", "identity")]
    public void Compare_CodedDifferently_ComparesWhatTheyHold(string first, string second)
    {
        Usual.Compare(Json("""{"a":1}""", coding: first), Json("""{"a":1.0}""", coding: second)).Should().BeEmpty();
        Usual.Compare(Json("""{"a":1}""", coding: first), Json("""{"a":2}""", coding: second)).Should().ContainSingle().Which.Path.Should().Be("$.a");
    }

    [Fact]
    public void Compare_StatusAndFields()
    {
        var magento = Json("{}", 200, ("Cache-Control", "no-store, max-age=0"), ("Location", "/a"));
        var service = Json("{}", 201, ("Cache-Control", "max-age=0,no-store"), ("X-Else", "1"));
        Usual.Compare(magento, service).Select(difference => (difference.Path, difference.Kind)).Should().Equal(("status", "value"), ("header:Location", "missing"));
    }

    [Fact]
    public void Compare_IgnoredByRule_IsNoDifference()
    {
        var comparer = new AnswerComparer(new ParityConfig(null, [new ParityIgnore("$.items[*].updated_at", "set by the clock"), new ParityIgnore("header:cache-control", "the edge's own")], null));
        comparer.Compare(
            Json("""{"items":[{"updated_at":"a","p":1},{"updated_at":{"deep":1}}]}""", fields: ("Cache-Control", "private")),
            Json("""{"items":[{"updated_at":"b","p":2},{"updated_at":{"deep":2}}]}"""))
            .Should().ContainSingle().Which.Path.Should().Be("$.items[0].p");
    }

    [Fact]
    public void Compare_Pages_ByTheirTrees()
    {
        var magento = Page("<p class='a  b' id=x>Hello\n   <b>you</b></p><!-- 1 --><ul><li>1<li>2</ul>");
        Usual.Compare(magento, Page("<p id=\"x\" class=\"b a\">Hello <b>you</b></p><ul><li>1</li><li>2</li></ul>")).Should().BeEmpty();
        Usual.Compare(magento, Page("<p id=x class='a b'>Hello <b>me</b></p><ul><li>1<li>2<li>3</ul>")).Select(difference => (difference.Path, difference.Kind)).Should().Equal(
            ("/html/body[1]/p[1]/b[1]/text()[1]", "value"), ("/html/body[1]/ul[1]/li[3]", "extra"));
    }

    [Fact]
    public void Compare_NotAsDeclared_IsComparedByBytes()
    {
        Usual.Compare(Json("not json"), Json("not json")).Should().BeEmpty();
        Usual.Compare(Json("not json"), Json("{}")).Should().ContainSingle().Which.Path.Should().Be("body");
        Usual.Compare(Json("{}", coding: "gzip"), new Answer(200, [("Content-Type", "application/json"), ("Content-Encoding", "gzip")], "broken"u8.ToArray()))
            .Should().ContainSingle().Which.Kind.Should().Be("unreadable");
    }

    [Theory]
    [InlineData("$.customer.email", "a", "***")]
    [InlineData("$.note", "write to jane.doe@example.com now", "write to *** now")]
    [InlineData("$.note", "card 4111 1111 1111 1111", "card ***")]
    [InlineData("$.order", "000000012 and 1234567890123", "000000012 and 1234567890123")]
    [InlineData("header:Authorization", "Bearer abcdefgh12345", "***")]
    [InlineData("body", """{"firstname":"Jane","sku":"24-MB01"}""", """{"firstname":"***","sku":"24-MB01"}""")]
    [InlineData("$.price", "34.00", "34.00")]
    public void Masking_PersonalData_IsTakenOut(string path, string value, string kept) => Masking.Value(path, value).Should().Be(kept);

    [Fact]
    public void Masking_Target() =>
        Masking.Target("GET /rest/V1/customers/search?email=jane%40example.com&page=2&token=abc").Should().Be("GET /rest/V1/customers/search?email=***&page=2&token=***");

    [Theory]
    [InlineData(1000, 1000, 50, 50, true)]
    [InlineData(5, 1000, 0, 50, false)]
    [InlineData(500, 1000, 1, 50, false)]
    [InlineData(500, 1000, 24, 50, true)]
    public void Noise_IsWhatMagentoShowsAgainstItselfAsOften(long different, long compared, long noisy, long noiseCompared, bool isNoise) =>
        NoiseRule.IsNoise(different, compared, noisy, noiseCompared).Should().Be(isNoise);

    private static Answer Page(string body) => new(200, [("Content-Type", "text/html; charset=UTF-8")], Encoding.UTF8.GetBytes("<!doctype html><html><body>" + body));

    private static Answer Json(string body, int status = 200, params (string, string)[] fields) => new(status, [("Content-Type", "application/json"), .. fields], Encoding.UTF8.GetBytes(body));

    private static Answer Json(string body, string coding)
    {
        using var target = new MemoryStream();
        using (Stream packed = coding switch
        {
            "gzip" => new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(target, CompressionLevel.Fastest, leaveOpen: true),
            "deflate" => new ZLibStream(target, CompressionLevel.Fastest, leaveOpen: true),
            _ => new BufferedStream(target),
        })
        {
            packed.Write(Encoding.UTF8.GetBytes(body));
            packed.Flush();
            return coding == "identity" ? Json(body) : Close(packed, target, coding);
        }

        static Answer Close(Stream packed, MemoryStream target, string coding)
        {
            packed.Dispose();
            return new Answer(200, [("Content-Type", "application/json"), ("Content-Encoding", coding)], target.ToArray());
        }
    }
}
