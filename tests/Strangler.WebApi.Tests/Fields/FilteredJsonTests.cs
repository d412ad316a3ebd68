using System.Text;
using Strangler.WebApi.Fields;
using Strangler.WebApi.Json;

namespace Strangler.WebApi.Tests.Fields;

public sealed class FilteredJsonTests
{
    private const string Answer =
        """{"id":1,"name":"a\/b \u00fc","tags":["x"],"none":[],"ext":{"ids":[1,2],"item":{"qty":5,"ok":true}},"list":[{"a":1,"b":{"c":2}},{"b":3}],"custom_attributes":[{"attribute_code":"color","value":"4"},{"attribute_code":"cats","value":["1"]},{"attribute_code":"size","value":"9"}]}""";

    [Theory]
    [InlineData("id", """{"id":1}""")]
    [InlineData("name,id", """{"id":1,"name":"a\/b \u00fc"}""")]
    [InlineData("nosuch", "[]")]
    [InlineData("id,nosuch[foo]", """{"id":1}""")]
    [InlineData("ext[item[qty]]", """{"ext":{"item":{"qty":5}}}""")]
    [InlineData("ext[nosuch]", """{"ext":[]}""")]
    [InlineData("ext[]", """{"ext":[]}""")]
    [InlineData("ext", """{"ext":{"ids":[1,2],"item":{"qty":5,"ok":true}}}""")]
    [InlineData("id[x]", """{"id":1}""")]
    [InlineData("list[a]", """{"list":[{"a":1},[]]}""")]
    [InlineData("list[b[c]]", """{"list":[{"b":{"c":2}},{"b":3}]}""")]
    [InlineData("none[x]", """{"none":null}""")]
    [InlineData("none", """{"none":[]}""")]
    [InlineData("tags", """{"tags":["x"]}""")]
    [InlineData("custom_attributes[color]", """{"custom_attributes":[{"attribute_code":"color","value":"4"}]}""")]
    [InlineData("custom_attributes[cats]", """{"custom_attributes":{"1":{"attribute_code":"cats","value":["1"]}}}""")]
    [InlineData("custom_attributes[nosuch]", """{"custom_attributes":[]}""")]
    [InlineData("custom_attributes[value]", """{"custom_attributes":[{"value":"4"},{"value":["1"]},{"value":"9"}]}""")]
    [InlineData("custom_attributes[attribute_code,color]",
        """{"custom_attributes":[{"attribute_code":"color","value":"4"},{"attribute_code":"cats"},{"attribute_code":"size"}]}""")]
    [InlineData("id,ext[item[qty", "[]")]
    [InlineData("id,na me", "[]")]
    [InlineData("id;", "[]")]
    [InlineData("id]", "[]")]
    [InlineData("id],name", """{"name":"a\/b \u00fc"}""")]
    [InlineData("[id]", "[]")]
    [InlineData("ext[item],[qty]", """{"ext":{"item":{"qty":5,"ok":true}}}""")]
    [InlineData(",,id,,", """{"id":1}""")]
    [InlineData("id,id", """{"id":1}""")]
    [InlineData("ext,ext[ids]", """{"ext":{"ids":[1,2]}}""")]
    [InlineData("ext[ids],ext", """{"ext":{"ids":[1,2],"item":{"qty":5,"ok":true}}}""")]
    public void Keeps_what_magento_keeps(string fields, string expected) => Apply(fields).Should().Be(expected);

    [Theory]
    [InlineData("tags[x]")]
    [InlineData("ext[ids[x]]")]
    public void A_filter_into_scalars_is_not_answered(string fields) => Apply(fields).Should().BeNull();

    private static string? Apply(string fields)
    {
        using var buffer = new PooledBuffer();
        return FilteredJson.TryWrite(Encoding.UTF8.GetBytes(Answer), FieldFilter.Parse(fields), new PhpJsonWriter(buffer))
            ? Encoding.UTF8.GetString(buffer.Written)
            : null;
    }
}
