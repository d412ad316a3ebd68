using System.Text.Json.Nodes;
using Strangler.Demo.Rest;

namespace Strangler.Demo.Tests.Rest;

public sealed class FieldsFilterTests
{
    private const string Product = """
        {"sku":"A","name":"B","extension_attributes":{"stock_item":{"qty":1,"min_qty":0}},"options":[],
         "custom_attributes":[{"attribute_code":"a","value":"1"},{"attribute_code":"b","value":"2"}]}
        """;

    [Theory]
    [InlineData("sku", """{"sku":"A"}""")]
    [InlineData("nosuch", "[]")]
    [InlineData("extension_attributes[stock_item[qty]]", """{"extension_attributes":{"stock_item":{"qty":1}}}""")]
    [InlineData("options[title]", """{"options":null}""")]
    [InlineData("custom_attributes[a]", """{"custom_attributes":[{"attribute_code":"a","value":"1"}]}""")]
    [InlineData("custom_attributes[b]", """{"custom_attributes":{"1":{"attribute_code":"b","value":"2"}}}""")]
    [InlineData("custom_attributes[attribute_code]", """{"custom_attributes":[{"attribute_code":"a"},{"attribute_code":"b"}]}""")]
    public void Apply_KeepsWhatIsNamed(string fields, string expected) =>
        PhpJson.ToText(FieldsFilter.Parse(fields)!.Apply(JsonNode.Parse(Product))).Should().Be(expected);

    [Theory]
    [InlineData("sku,extension_attributes[stock_item[qty")]
    [InlineData("sku]")]
    [InlineData("sku;name")]
    public void Parse_Malformed_IsNull(string fields) => FieldsFilter.Parse(fields).Should().BeNull();
}
