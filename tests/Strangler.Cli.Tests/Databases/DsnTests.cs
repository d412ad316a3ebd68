using Strangler.Cli.CommandLine;
using Strangler.Cli.Databases;

namespace Strangler.Cli.Tests.Databases;

public class DsnTests
{
    [Theory]
    [InlineData("mysql://cdc:p%40ss%2F1@db.internal:3310/shop", "db.internal", 3310, "cdc", "p@ss/1", "shop")]
    [InlineData("mariadb://cdc@db/shop", "db", 3306, "cdc", "", "shop")]
    [InlineData("mysql://cdc:x@[::1]:3307/shop?SslMode=Required", "::1", 3307, "cdc", "x", "shop")]
    [InlineData("Server=db;User ID=cdc;Password=x;Database=shop", "db", 3306, "cdc", "x", "shop")]
    public void Parse_TakesAddressesAndConnectionStrings(string text, string server, uint port, string user, string password, string database)
    {
        var dsn = Dsn.Parse(text);

        (dsn.Server, dsn.Port, dsn.UserID, dsn.Password, dsn.Database).Should().Be((server, port, user, password, database));
    }

    [Theory]
    [InlineData("mysql://cdc:x@db/")]
    [InlineData("Server=db;User ID=cdc")]
    [InlineData("postgres://cdc:x@db/shop")]
    [InlineData("mysql://")]
    [InlineData("nonsense")]
    [InlineData("mysql://cdc:x@db/shop?Nonsense=1")]
    public void Parse_AnythingElse_SaysHowToWriteIt(string text) =>
        FluentActions.Invoking(() => Dsn.Parse(text)).Should().Throw<CliFault>().WithMessage("*mysql://user:password@host:3306/magento*");

    [Fact]
    public void Describe_HasNoPassword() => Dsn.Describe(Dsn.Parse("mysql://cdc:secret@db/shop")).Should().Be("cdc@db:3306/shop");
}
