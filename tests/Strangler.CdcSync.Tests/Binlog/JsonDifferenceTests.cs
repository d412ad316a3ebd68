using System.Text;
using Strangler.CdcSync.Binlog.Values;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Tests.Binlog;

public sealed class JsonDifferenceTests
{
    private const byte Replace = 0;
    private const byte Insert = 1;
    private const byte Remove = 2;

    // The number 7, and the string "x", in the server's binary form.
    private static readonly byte[] Seven = [5, 7, 0];
    private static readonly byte[] Text = [12, 1, (byte)'x'];

    [Theory]
    [InlineData("""{"a": 1}""", Replace, "$.a", """{"a": 7}""")]
    [InlineData("""{"a": [1, [2, 3]]}""", Replace, "$.a[1][0]", """{"a": [1, [7, 3]]}""")]
    [InlineData("""{"a b": {"c": 1}}""", Replace, "$.\"a b\".c", """{"a b": {"c": 7}}""")]
    [InlineData("""{"q\"": 1}""", Replace, "$.\"q\\\"\"", """{"q\"": 7}""")]
    [InlineData("""[1.0, "a, ]", -0.0]""", Replace, "$[0]", """[7, "a, ]", -0.0]""")]
    [InlineData("""{"b": 1, "aa": 2}""", Insert, "$.c", """{"b": 1, "c": 7, "aa": 2}""")]
    [InlineData("""{"a": 2, "é": 1}""", Insert, "$.zz", """{"a": 2, "zz": 7, "é": 1}""")]
    [InlineData("{}", Insert, "$.a", """{"a": 7}""")]
    [InlineData("[1, 2]", Insert, "$[1]", "[1, 7, 2]")]
    [InlineData("[1, 2]", Insert, "$[9]", "[1, 2, 7]")]
    [InlineData("""{"a": 1, "b": [1, 2]}""", Remove, "$.b[0]", """{"a": 1, "b": [2]}""")]
    [InlineData("""{"a": 1, "b": 2}""", Remove, "$.a", """{"b": 2}""")]
    public void A_difference_makes_the_document_after(string before, byte operation, string path, string after) =>
        JsonDifference.Apply(Difference(operation, path, operation == Remove ? [] : Seven), ColumnValue.Of(before)).Should().Be(ColumnValue.Of(after));

    [Fact]
    public void Several_differences_follow_each_other() =>
        JsonDifference.Apply([.. Difference(Replace, "$.a", Text), .. Difference(Insert, "$.b", Seven), .. Difference(Remove, "$.c", [])], ColumnValue.Of("""{"a": [1], "c": null}"""))
            .Should().Be(ColumnValue.Of("""{"a": "x", "b": 7}"""));

    [Theory]
    [InlineData("""{"b": 1}""", Replace, "$.a")]
    [InlineData("""{"a": 1}""", Insert, "$.a")]
    [InlineData("""{"a": 1}""", Replace, "$.a.b")]
    [InlineData("[1]", Remove, "$[1]")]
    public void A_difference_that_does_not_fit_leaves_the_value_unknown(string before, byte operation, string path) =>
        JsonDifference.Apply(Difference(operation, path, operation == Remove ? [] : Seven), ColumnValue.Of(before)).IsAbsent.Should().BeTrue();

    [Fact]
    public void Without_the_document_before_the_value_is_unknown() => JsonDifference.Apply(Difference(Replace, "$.a", Seven), default).IsAbsent.Should().BeTrue();

    [Theory]
    [InlineData("a")]
    [InlineData("$x")]
    [InlineData("$[x]")]
    [InlineData("$[1")]
    [InlineData("$.\"a")]
    public void A_broken_path_is_a_format_error(string path) =>
        FluentActions.Invoking(() => JsonDifference.Apply(Difference(Remove, path, []), ColumnValue.Of("[]"))).Should().Throw<FormatException>();

    private static byte[] Difference(byte operation, string path, byte[] value)
    {
        var bytes = Encoding.UTF8.GetBytes(path);
        return operation == Remove ? [operation, (byte)bytes.Length, .. bytes] : [operation, (byte)bytes.Length, .. bytes, (byte)value.Length, .. value];
    }
}
