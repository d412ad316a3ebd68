using Strangler.Cli.Replaying;

namespace Strangler.Cli.Tests.Replaying;

public class LogLineTests
{
    [Theory]
    [InlineData("""203.0.113.9 - - [05/Jan/2026:10:00:00 +0000] "GET /rest/V1/products/24-MB01 HTTP/1.1" 200 512 "-" "curl/8.0" """, "GET", "/rest/V1/products/24-MB01")]
    [InlineData("""203.0.113.9 - John Doe [05/Jan/2026:10:00:00 +0000] "HEAD /a?b=c&d HTTP/2.0" 304 0 "https://shop.example/" "Mozilla/5.0 (X11; \"x\")" "10.0.0.1" 0.003""", "HEAD", "/a?b=c&d")]
    [InlineData("""2001:db8::1 - - [05/Jan/2026:10:00:00 +0000] "POST /graphql HTTP/1.1" 499 -""", "POST", "/graphql")]
    [InlineData("""203.0.113.9 - - [05/Jan/2026:10:00:00 +0000] "GET /caf\xC3\xA9?q=\x22a b\x5C HTTP/1.1" 200 5 "-" "-" """, "GET", "/caf%C3%A9?q=\"a%20b\\")]
    [InlineData("""203.0.113.9 - - [05/Jan/2026:10:00:00 +0000] "GET /a\"b\\c\td HTTP/1.1" 200 5""", "GET", "/a\"b\\c%09d")]
    [InlineData("""203.0.113.9 - - [05/Jan/2026:10:00:00 +0000] "GET http://shop.example/a/b HTTP/1.1" 200 5 "-" "-" """, "GET", "/a/b")]
    [InlineData("""{"at":"2026-01-05T10:00:00+00:00","method":"GET","target":"/a","headers":{"Store":"de"}}""", "GET", "/a")]
    public void Request_IsReadAsItWasSent(string line, string method, string target)
    {
        var request = LogLine.Parse(line.Trim(), out var why);

        why.Should().BeNull();
        (request!.Method, request.Target).Should().Be((method, target));
        request.Headers.Keys.Should().NotContain("Referer");
        if (line.Contains("John", StringComparison.Ordinal))
        {
            request.Headers.Should().Contain("User-Agent", "Mozilla/5.0 (X11; \"x\")").And.NotContainKey("Host");
        }
    }

    [Theory]
    [InlineData("""shop.example:443 203.0.113.9 - - [05/Jan/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 5 "-" "-" """)]
    [InlineData("""shop.example 203.0.113.9 - ada [05/Jan/2026:10:00:00 +0000] "GET /a HTTP/1.1" 200 5 "-" "-" """)]
    [InlineData("""203.0.113.9 - - [05/Jan/2026:10:00:00 +0000] "GET http://shop.example/a HTTP/1.1" 200 5 "-" "-" """)]
    public void VirtualHost_IsTheHostThatIsAskedFor(string line) =>
        LogLine.Parse(line.Trim(), out _)!.Headers.Should().Contain("Host", "shop.example");

    [Theory]
    [InlineData("nothing of the kind")]
    [InlineData("""203.0.113.9 - - [05/Jan/2026:10:00:00 +0000] "\x16\x03\x01\x02" 400 150 "-" "-" """)]
    [InlineData("""203.0.113.9 - - [05/Jan/2026:10:00:00 +0000] "-" 408 - "-" "-" """)]
    [InlineData("""203.0.113.9 - - [05/Jan/2026:10:00:00 +0000] "OPTIONS * HTTP/1.1" 200 - "-" "-" """)]
    [InlineData("""203.0.113.9 - - [05/Jan/2026:10:00:00 +0000] "GET /a HTTP/1.1" 2""")]
    [InlineData("""203.0.113.9 - - [05/Jan/2026:10:00:00 +0000] "GET /a""")]
    [InlineData("""{"method":"GET"}""")]
    [InlineData("{\"method\":\"GET\",\"target\":\"")]
    [InlineData("""[]""")]
    public void WhatIsNoRequest_IsSaid(string line)
    {
        LogLine.Parse(line.Trim(), out var why).Should().BeNull();
        why.Should().NotBeNullOrEmpty();
    }

    [Fact]
    public void Recording_MaskedValues_AreNotSent()
    {
        var request = LogLine.Parse("""{"method":"GET","target":"/a","headers":{"Authorization":"Bearer ***","Cookie":"PHPSESSID=***; store=de","Store":"de"}}""", out _)!;

        request.Headers.Should().BeEquivalentTo(new Dictionary<string, string> { ["Cookie"] = "store=de", ["Store"] = "de" });
        LogLine.IsMasked(request).Should().BeFalse();
        LogLine.IsMasked(request with { Target = "/guest-carts/***" }).Should().BeTrue();
    }

    /// <summary>Whatever stands in a line, reading it ends, and what comes out can be sent as one request.</summary>
    [Fact]
    public void AnyLine_GivesARequestThatCanBeSent_OrNone()
    {
        var random = new Random(20261123);
        string[] parts = ["203.0.113.9", " ", "-", "[", "]", "\"", "\\", "\\x0d\\x0a", "\\n", "GET ", "/", "?", " HTTP/1.1", "200", "{", "}", "é", "\u0000", "://", "\"target\":\"/\"", "***"];
        for (var i = 0; i < 20_000; i++)
        {
            var line = string.Concat(Enumerable.Range(0, random.Next(1, 25)).Select(_ => parts[random.Next(parts.Length)]));
            var whole = $"""203.0.113.9 - - [05/Jan/2026:10:00:00 +0000] "GET /{line} HTTP/1.1" 200 5 "-" "{line}" """;
            foreach (var text in (string[])[line, whole])
            {
                if (LogLine.Parse(text, out var why) is { } request)
                {
                    request.Target.AsSpan().IndexOfAnyExceptInRange('!', '~').Should().BeLessThan(0, text);
                    request.Headers.Values.Should().AllSatisfy(value => value.AsSpan().IndexOfAny('\r', '\n', '\0').Should().BeLessThan(0));
                }
                else
                {
                    why.Should().NotBeNullOrEmpty(text);
                }
            }
        }
    }
}
