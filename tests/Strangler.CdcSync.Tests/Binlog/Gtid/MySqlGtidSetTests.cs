using CsCheck;
using Strangler.CdcSync.Binlog.Gtid;

namespace Strangler.CdcSync.Tests.Binlog.Gtid;

public sealed class MySqlGtidSetTests
{
    private const string Server = "e293594e-e694-11f1-97c3-02fc00000001";

    [Theory]
    [InlineData("", "")]
    [InlineData(Server + ":1", Server + ":1")]
    [InlineData(Server + ":1-5:7", Server + ":1-5:7")]
    [InlineData("E293594E-E694-11F1-97C3-02FC00000001:5:1-4", Server + ":1-5")]
    [InlineData(Server + ":1-3:tag:4-5", Server + ":1-3:tag:4-5")]
    [InlineData(Server + ":tag:4,\n" + Server + ":1", Server + ":1:tag:4")]
    public void Parse_what_servers_show_and_print_it_in_one_form(string text, string printed) => MySqlGtidSet.Parse(text).ToString().Should().Be(printed);

    [Theory]
    [InlineData("x")]
    [InlineData("x:1")]
    [InlineData(Server + ":0")]
    [InlineData(Server + ":5-4")]
    [InlineData(Server + ":1-2-3")]
    public void Parse_rejects_what_is_no_set(string text) => FluentActions.Invoking(() => MySqlGtidSet.Parse(text)).Should().Throw<FormatException>();

    [Fact]
    public void Adding_numbers_in_any_order_gives_the_same_set() => Gen.Int[1, 60].Array[1, 40].Sample(numbers =>
    {
        var (forward, backward) = (new MySqlGtidSet(), new MySqlGtidSet());
        foreach (var number in numbers)
        {
            forward.Add(Guid.Parse(Server), "", number);
        }

        foreach (var number in numbers.Reverse())
        {
            backward.Add(Guid.Parse(Server), "", number);
        }

        var again = MySqlGtidSet.Parse(forward.ToString());
        return forward.ToString() == backward.ToString() && again.Contains(forward) && forward.Contains(again) && forward.ToString() == again.ToString();
    });

    [Fact]
    public void Contains_knows_what_is_missing()
    {
        var set = MySqlGtidSet.Parse(Server + ":1-5:8-9");
        set.Contains(MySqlGtidSet.Parse(Server + ":2-4:9")).Should().BeTrue();
        set.Contains(MySqlGtidSet.Parse(Server + ":5-8")).Should().BeFalse();
        set.Contains(MySqlGtidSet.Parse(Server + ":tag:1")).Should().BeFalse();
        set.Contains(MySqlGtidSet.Parse("")).Should().BeTrue();
    }
}
