using Strangler.WebApi.Rendering;

namespace Strangler.WebApi.Tests.Rendering;

public sealed class AcceptNegotiationTests
{
    [Theory]
    [InlineData(null, RestFormat.Json)]
    [InlineData("", RestFormat.Json)]
    [InlineData("*/*", RestFormat.Json)]
    [InlineData("application/json", RestFormat.Json)]
    [InlineData("application/xml", RestFormat.Xml)]
    [InlineData("text/xml", RestFormat.Xml)]
    [InlineData("application/xhtml+xml", RestFormat.Xml)]
    [InlineData("text/html", RestFormat.Unknown)]
    [InlineData("image/png", RestFormat.Unknown)]
    [InlineData("application/*", RestFormat.Unknown)]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", RestFormat.Xml)]
    [InlineData("application/xml;q=0.5, application/json", RestFormat.Json)]
    [InlineData("application/xml, application/json", RestFormat.Xml)]
    [InlineData("application/json, text/javascript, */*; q=0.01", RestFormat.Json)]
    [InlineData("text/plain, */*;q=0.1", RestFormat.Json)]
    [InlineData("application/json; charset=utf-8", RestFormat.Unknown)]
    [InlineData("text/plain;q=0.9, image/png", RestFormat.Unknown)]
    [InlineData("not a type!", RestFormat.Json)]
    public void Chooses_by_quality_then_order(string? accept, RestFormat format) => AcceptNegotiation.Choose(accept).Should().Be(format);

    [Fact]
    public void Several_lines_are_left_to_magento() =>
        AcceptNegotiation.Choose(new(["application/json", "application/xml"])).Should().Be(RestFormat.Unknown);
}
