using System.Text;
using Strangler.Proxy.EdgeCache.Pages;
using Strangler.Proxy.EdgeCache.Pages.Esi;

namespace Strangler.Proxy.Tests.EdgeCache.Pages;

/// <summary>The reader of tags: finds what Magento writes, and leaves every other byte as it is.</summary>
public sealed class EsiTagTests
{
    private static readonly string[] Pieces =
    [
        "<esi:include src=\"/m\"/>", "<esi:include src='http://a.b/c?d=1&amp;e=2' />", "<esi:include\n alt=\"x>y\" src=\"/m\" onerror=\"continue\">", "<esi:include/>", "<esi:include",
        "<esi:includes src=\"/m\"/>", "<esi:incl", "<", "<<", "esi:include", " src=\"", "\"", "'", "/>", ">", "<p>text</p>", "\r\n", "äöü", "<esi:remove>x</esi:remove>", "",
        "<esi:include src=\"//evil/x\"/>", "<esi:include src=\"ftp://x/\"/>", "<esi:include src=\"/a b\"/>", "<esi:include src=/m />",
    ];

    [Theory]
    [InlineData("<esi:include src=\"http://shop.test/page_cache/block/esi/blocks/%5B%5D/\" />", "shop.test", "/page_cache/block/esi/blocks/%5B%5D/")]
    [InlineData("<esi:include src='https://shop.test:8443/a?b=1&amp;c=2'/>", "shop.test:8443", "/a?b=1&c=2")]
    [InlineData("<esi:include onerror=\"continue\" src = \"/a>b\" >", null, "/a>b")]
    public void Source_IsRead(string tag, string? host, string target)
    {
        var found = EsiTag.All(Encoding.UTF8.GetBytes("a" + tag + "b")).Should().ContainSingle().Subject;

        (found.Start, found.End).Should().Be((1, tag.Length + 1));
        found.Source.Should().Be(new EsiSource(host, target));
    }

    [Theory]
    [InlineData("<esi:include src=\"//evil/x\"/>")]
    [InlineData("<esi:include src=\"http:///x\"/>")]
    [InlineData("<esi:include src=\"http://a b/x\"/>")]
    [InlineData("<esi:include src=\"/a&#10;b c\"/>")]
    [InlineData("<esi:include src=\"relative\"/>")]
    [InlineData("<esi:include/>")]
    public void UnclearSource_IsNone(string tag) => EsiTag.All(Encoding.UTF8.GetBytes(tag)).Should().ContainSingle().Which.Source.Should().BeNull();

    [Fact]
    public async Task RandomPages_CutAnywhere_KeepEveryByteOutsideTags()
    {
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var page = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(20)).Select(_ => Pieces[random.Next(Pieces.Length)])));
            var expected = Outside(page);

            using var output = new MemoryStream();
            await using var stream = new PageStream(output, _ => Task.FromResult<AssembledPage?>(null), compress: false, maximumBytes: 0);
            for (var at = 0; at < page.Length;)
            {
                var length = Math.Min(page.Length - at, random.Next(1, 30));
                await stream.WriteAsync(page.AsMemory(at, length), TestContext.Current.CancellationToken);
                at += length;
            }

            await stream.FinishAsync(TestContext.Current.CancellationToken);
            output.ToArray().Should().Equal(expected, "seed {0}", seed);
        }
    }

    [Fact]
    public void RandomBytes_NeverThrow()
    {
        var alphabet = "<esi:includ src=\"'/>&amp;http:\n\0\xFF"u8.ToArray();
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var bytes = new byte[random.Next(200)];
            for (var i = 0; i < bytes.Length; i++)
            {
                bytes[i] = alphabet[random.Next(alphabet.Length)];
            }

            var last = 0;
            foreach (var tag in EsiTag.All(bytes))
            {
                (tag.Start >= last && tag.End > tag.Start && tag.End <= bytes.Length).Should().BeTrue();
                last = tag.End;
            }
        }
    }

    [Fact]
    public async Task TagWithoutEnd_IsHeldNoLongerThanATagMayBe()
    {
        using var output = new MemoryStream();
        await using var stream = new PageStream(output, _ => Task.FromResult<AssembledPage?>(null), compress: false, maximumBytes: 0);
        var page = Encoding.ASCII.GetBytes("<esi:include src=\"" + new string('x', 3 * EsiTag.MaximumBytes));

        foreach (var part in page.Chunk(1000))
        {
            await stream.WriteAsync(part, TestContext.Current.CancellationToken);
        }

        output.Length.Should().BeGreaterThan(EsiTag.MaximumBytes);
        await stream.FinishAsync(TestContext.Current.CancellationToken);
        output.ToArray().Should().Equal(page);
    }

    private static byte[] Outside(byte[] page)
    {
        var kept = new List<byte>();
        var from = 0;
        foreach (var tag in EsiTag.All(page))
        {
            kept.AddRange(page[from..tag.Start]);
            from = tag.End;
        }

        return [.. kept, .. page[from..]];
    }
}
