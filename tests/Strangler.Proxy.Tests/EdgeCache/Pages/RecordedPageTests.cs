using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Strangler.Proxy.EdgeCache;
using Strangler.Proxy.EdgeCache.Pages;
using Strangler.Proxy.EdgeCache.Pages.Purging;
using Strangler.Proxy.Parity;

namespace Strangler.Proxy.Tests.EdgeCache.Pages;

/// <summary>The rules against what a real Magento has answered.</summary>
public sealed class RecordedPageTests
{
    private static readonly CacheKey Key = CacheKey.OfPage(new DefaultHttpContext(), "/", default, "");

    [Fact]
    public void BuiltInCache_NothingIsKept()
    {
        var answers = Recorded("storefront-html", "admin-html", "graphql").ToList();

        answers.Should().HaveCountGreaterThan(100);
        answers.Select(recorded => PageRules.Judge(recorded.Answer, Key, new HeaderDictionary(), out _)).Should().NotContain(FillOutcome.Kept);
    }

    [Fact]
    public void TheSameForVarnish_IsKept_UnlessItsCookiesAreOfAnotherKey()
    {
        // What the cache type changes of an answer to a page that may be kept.
        var pages = Recorded("storefront-html").Where(recorded => recorded.Method == "GET" && recorded.Answer.Status is 200 or 404)
            .Select(recorded => recorded.Answer with { Fields = [.. recorded.Answer.Fields.Where(field => field.Name != "Cache-Control"), ("Cache-Control", "max-age=86400, public, s-maxage=86400")] })
            .ToList();

        pages.Should().HaveCountGreaterThan(20);
        foreach (var page in pages)
        {
            var setsVary = page.Fields.Any(field => field.Name == "Set-Cookie" && (field.Value.StartsWith("X-Magento-Vary=", StringComparison.Ordinal) || field.Value.StartsWith("store=", StringComparison.Ordinal)));
            PageRules.Judge(page, Key, new HeaderDictionary(), out var seconds).Should().Be(setsVary ? FillOutcome.Failed : FillOutcome.Kept);
            seconds.Should().Be(setsVary ? 0 : 86400);
            PageFields.Of(page).Select(field => field.Key).Should().NotContain(["Set-Cookie", "X-Magento-Tags", "Server", "X-Powered-By"]);
        }
    }

    [Fact]
    public void AllTags_AreFoundByTheirIndex()
    {
        var tags = Recorded("storefront-html", "graphql").SelectMany(recorded => PageRules.TagsOf(recorded.Answer)).Distinct().ToList();

        tags.Should().HaveCountGreaterThan(20);
        TagPattern.Tags(ShopUnderTest.PatternOf([.. tags.Select(tag => tag.Key)])).Should().Equal(tags);
    }

    // Without what goes past the store, and what was asked for compressed.
    private static IEnumerable<(string Method, Answer Answer)> Recorded(params string[] names)
    {
        foreach (var line in names.SelectMany(name => File.ReadLines(RepositoryPaths.RequireShared("magento", "recordings", name + ".jsonl"))))
        {
            using var recorded = JsonDocument.Parse(line);
            var response = recorded.RootElement.GetProperty("response");
            var fields = response.GetProperty("headers").EnumerateArray().Select(field => (field[0].GetString()!, field[1].GetString()!)).ToList();
            var request = recorded.RootElement.GetProperty("request");
            if (!PageTarget.GoesPast(request.GetProperty("path").GetString()!) && fields.TrueForAll(field => field.Item1 != "Content-Encoding"))
            {
                yield return (request.GetProperty("method").GetString()!, new Answer(response.GetProperty("status").GetInt32(), fields, default));
            }
        }
    }
}
