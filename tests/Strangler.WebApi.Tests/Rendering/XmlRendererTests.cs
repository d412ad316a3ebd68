using System.Text;
using Strangler.WebApi.Json;
using Strangler.WebApi.Rendering;

namespace Strangler.WebApi.Tests.Rendering;

public sealed class XmlRendererTests
{
    [Theory]
    [InlineData("""{"sku":"24-MB01","price":34}""", "<response>\n  <sku>24-MB01</sku>\n  <price>34</price>\n</response>\n")]
    [InlineData("[]", "<response/>\n")]
    [InlineData("\"abc\"", "<response>abc</response>\n")]
    [InlineData("""{"a":[],"b":null,"c":"","d":true}""", "<response>\n  <a/>\n  <b></b>\n  <c></c>\n  <d>true</d>\n</response>\n")]
    [InlineData("""{"l":["3","4"]}""", "<response>\n  <l>\n    <item>3</item>\n    <item>4</item>\n  </l>\n</response>\n")]
    [InlineData("""{"c":{"3":{"k":"v"}}}""", "<response>\n  <c>\n    <item>\n      <k>v</k>\n    </item>\n  </c>\n</response>\n")]
    [InlineData("""{"t":"<&> \"\u00fc\u65e5\ud83d\ude00\r"}""", "<response>\n  <t>&lt;&amp;&gt; \"&#xFC;&#x65E5;&#x1F600;&#xD;</t>\n</response>\n")]
    [InlineData("""{"a b:c":1,"1x":2,"_y_":3,"z$":1.5e-7}""",
        "<response>\n  <a_b_c>1</a_b_c>\n  <item_1x>2</item_1x>\n  <y>3</y>\n  <z>1.5E-7</z>\n</response>\n")]
    public void Looks_like_magentos(string json, string expected)
    {
        using var buffer = new PooledBuffer();
        XmlRenderer.Write(Encoding.UTF8.GetBytes(json), buffer);
        Encoding.UTF8.GetString(buffer.Written).Should().Be("<?xml version=\"1.0\"?>\n" + expected);
    }
}
