using Strangler.Proxy.Slices;

namespace Strangler.Proxy.Tests.Slices;

public sealed class SliceFileReaderTests
{
    private const string Good = """
        { "id": "a.b", "title": "T", "service": "catalog", "matches": [ { "methods": ["GET"], "path": "/x/{id}" } ], "tables": ["t"] }
        """;

    private readonly SliceFileReader _reader = new(File.ReadAllText(RepositoryPaths.InRepository("proxy", "slices", "slice.schema.json")), ["catalog"]);

    [Fact]
    public void Read_ShippedSlices_AreTaken()
    {
        var files = Directory.EnumerateFiles(RepositoryPaths.InRepository("proxy", "slices"), "*.json")
            .Where(file => !file.EndsWith("slice.schema.json", StringComparison.Ordinal))
            .ToDictionary(file => Path.GetFileName(file), File.ReadAllText);

        var result = _reader.Read(files);

        result.Faults.Should().BeEmpty();
        result.Catalog!.Matcher.Match("GET", "/rest/de/V1/products/x")!.Id.Should().Be("catalog.product.get");
        result.Catalog.Matcher.Match("GET", "/rest/de/V1/products/attributes").Should().BeNull();
    }

    [Theory]
    [InlineData("not json", "a.b.json: not valid JSON")]
    [InlineData("""{ "id": "a.b", "title": "T", "service": "catalog", "tables": [] }""", "matches")]
    [InlineData("""{ "id": "A B", "title": "T", "service": "catalog", "matches": [ { "methods": ["GET"], "path": "/x" } ], "tables": [] }""", "#/id")]
    [InlineData("""{ "id": "a.b", "title": "T", "service": "catalog", "matches": [ { "methods": ["GET"], "path": "/x" } ], "tables": [], "foo": 1 }""", "foo")]
    [InlineData("""{ "id": "a.b", "title": "T", "service": "stock", "matches": [ { "methods": ["GET"], "path": "/x" } ], "tables": [] }""", "Facade:Services:stock")]
    [InlineData("""{ "id": "a.c", "title": "T", "service": "catalog", "matches": [ { "methods": ["GET"], "path": "/x" } ], "tables": [] }""", "must be called a.c.json")]
    [InlineData("""{ "id": "a.b", "title": "T", "service": "catalog", "matches": [ { "methods": ["GET"], "path": "/x?y=1" } ], "tables": [] }""", "without query")]
    [InlineData("""{ "id": "a.b", "title": "T", "service": "catalog", "matches": [ { "methods": ["GET"], "path": "/{**x}/y" } ], "tables": [] }""", "last segment")]
    [InlineData("""{ "id": "a.b", "title": "T", "service": "catalog", "matches": [ { "methods": ["GET"], "path": "/{}/y" } ], "tables": [] }""", "a segment is")]
    [InlineData("""{ "id": "a.b", "title": "T", "service": "catalog", "matches": [ { "methods": ["GET"], "path": "/x" } ], "tables": [], "freshness": { "mode": "bounded" } }""", "milliseconds")]
    public void Read_BadFile_NamesFileAndPlace(string text, string expected)
    {
        var result = _reader.Read(new Dictionary<string, string> { ["a.b.json"] = text });

        result.Catalog.Should().BeNull();
        result.Faults.Should().Contain(fault => fault.Contains("a.b.json", StringComparison.Ordinal) && fault.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Read_OneBadAmongGood_TakesNone()
    {
        var result = _reader.Read(new Dictionary<string, string> { ["a.b.json"] = Good, ["c.d.json"] = "{}" });

        result.Catalog.Should().BeNull();
        result.Faults.Should().OnlyContain(fault => fault.StartsWith("c.d.json", StringComparison.Ordinal));
    }

    [Fact]
    public void Read_SameFiles_HaveTheSameHash()
    {
        var files = new Dictionary<string, string> { ["a.b.json"] = Good };

        _reader.Read(files).Catalog!.Hash.Should().Be(_reader.Read(files).Catalog!.Hash).And.HaveLength(64);
    }
}
