using System.Globalization;
using Strangler.WebApi.Json;

namespace Strangler.WebApi.Tests.Json;

public sealed class PhpNumberTests
{
    [Fact]
    public void Every_vector_has_the_text_php_gave_it()
    {
        foreach (var vector in TestVectors.Section("json_floats").EnumerateArray())
        {
            var bits = long.Parse(vector.GetProperty("double").GetString()!, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            PhpNumber.ToText(BitConverter.Int64BitsToDouble(bits)).Should().Be(vector.GetProperty("json").GetString());
        }
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-0.0, "-0")]
    [InlineData(45, "45")]
    [InlineData(-12.5, "-12.5")]
    [InlineData(100, "100")]
    [InlineData(0.1 + 0.2, "0.3")]
    [InlineData(100 / 3.0, "33.333333333333")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1.0e-5")]
    [InlineData(0.000015, "1.5e-5")]
    [InlineData(99999999999999, "99999999999999")]
    [InlineData(1e14, "1.0e+14")]
    [InlineData(1.25e120, "1.25e+120")]
    public void Layout_follows_the_exponent(double value, string text) => PhpNumber.ToText(value).Should().Be(text);

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void What_json_cannot_say_is_refused(double value) =>
        FluentActions.Invoking(() => PhpNumber.ToText(value)).Should().Throw<ArgumentOutOfRangeException>();
}
