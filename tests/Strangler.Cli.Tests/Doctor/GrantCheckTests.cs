using Strangler.Cli.Doctor;

namespace Strangler.Cli.Tests.Doctor;

public class GrantCheckTests
{
    [Theory]
    [InlineData(true, "GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO `u`@`%` IDENTIFIED BY PASSWORD '*1'", "GRANT SELECT ON `magento`.* TO `u`@`%`")]
    [InlineData(false, "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `u`@`%`", "GRANT SELECT ON `magento`.* TO `u`@`%`")]
    [InlineData(false, "GRANT SELECT, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `u`@`%`")]
    [InlineData(false, "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `u`@`%`", "GRANT SELECT ON `mag%`.* TO `u`@`%`")]
    public void Enough_IsPass(bool mariaDb, params string[] lines) => Judge(mariaDb, lines).Outcome.Should().Be(Outcome.Pass);

    [Theory]
    [InlineData("GRANT USAGE ON *.* TO `u`@`%`", "REPLICATION SLAVE", "BINLOG MONITOR", "SELECT")]
    [InlineData("GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO `u`@`%`", "SELECT")]
    [InlineData("GRANT SELECT, BINLOG MONITOR ON *.* TO `u`@`%`", "REPLICATION SLAVE")]
    public void Missing_IsFail_WithTheStatementThatMends(string line, params string[] missing)
    {
        var check = Judge(mariaDb: true, line);

        check.Outcome.Should().Be(Outcome.Fail);
        missing.Should().AllSatisfy(privilege => check.Fix.Should().Contain($"GRANT {privilege} ON").And.Contain("TO 'u'@'%'"));
    }

    [Fact]
    public void SelectOnAnotherDatabase_IsFail() =>
        Judge(false, "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `u`@`%`", "GRANT SELECT ON `magento2`.* TO `u`@`%`").Outcome.Should().Be(Outcome.Fail);

    [Fact]
    public void EscapedUnderscore_IsNoWildcard()
    {
        var lines = new[] { "GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO `u`@`%`", @"GRANT SELECT ON `my\_shop`.* TO `u`@`%`" };

        GrantCheck.Judge(lines, false, "my_shop", "'u'@'%'").Outcome.Should().Be(Outcome.Pass);
        GrantCheck.Judge(lines, false, "myxshop", "'u'@'%'").Outcome.Should().Be(Outcome.Fail);
    }

    [Fact]
    public void TooMuch_IsWarn() => Judge(true, "GRANT ALL PRIVILEGES ON *.* TO `u`@`%` WITH GRANT OPTION").Outcome.Should().Be(Outcome.Warn);

    [Fact]
    public void Roles_AreNotTakenForMissing() => Judge(false, "GRANT USAGE ON *.* TO `u`@`%`", "GRANT `reader`@`%` TO `u`@`%`").Outcome.Should().Be(Outcome.Warn);

    private static Check Judge(bool mariaDb, params string[] lines) => GrantCheck.Judge(lines, mariaDb, "magento", "'u'@'%'");
}
