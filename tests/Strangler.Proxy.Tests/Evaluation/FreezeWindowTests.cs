using Strangler.Proxy.Evaluation;

namespace Strangler.Proxy.Tests.Evaluation;

public sealed class FreezeWindowTests
{
    [Theory]
    [InlineData("2026-11-27T17:59Z", false)]
    [InlineData("2026-11-27T18:00Z", true)] // a Friday
    [InlineData("2026-11-28T07:59Z", true)] // still Friday's night
    [InlineData("2026-11-28T08:00Z", false)]
    [InlineData("2026-11-28T19:00Z", false)] // Saturday's own
    public void OverMidnight_BelongsToTheDayItBegins(string instant, bool expected) =>
        new FreezeWindow { Days = { DayOfWeek.Friday }, From = "18:00", To = "08:00" }.Contains(DateTimeOffset.Parse(instant, null)).Should().Be(expected);

    [Theory]
    [InlineData("2026-11-19T22:59Z", false)]
    [InlineData("2026-11-19T23:00Z", true)] // midnight in Berlin
    [InlineData("2026-12-27T22:59Z", true)]
    [InlineData("2026-12-27T23:00Z", false)]
    public void Days_AreOfTheirZone(string instant, bool expected) =>
        new FreezeWindow { Start = "2026-11-20", End = "2026-12-27", TimeZone = "Europe/Berlin" }.Contains(DateTimeOffset.Parse(instant, null)).Should().Be(expected);

    [Fact]
    public void Faults_AreNamed()
    {
        new FreezeWindow().Faults().Should().ContainSingle().Which.Should().Contain("needs");
        new FreezeWindow { Start = "20.11.2026", To = "25:00", TimeZone = "Mars/Olympus" }.Faults().Should().HaveCount(3);
        new FreezeWindow { From = "00:00", To = "00:00" }.Faults().Should().ContainSingle().Which.Should().Contain("the same", "it would never hold");
        new FreezeWindow { Days = { DayOfWeek.Sunday } }.Faults().Should().BeEmpty();
    }
}
