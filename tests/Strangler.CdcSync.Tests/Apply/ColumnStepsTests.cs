using Strangler.CdcSync.Apply;

namespace Strangler.CdcSync.Tests.Apply;

/// <summary>A definition read later than its statement must not hide what the statement did.</summary>
public sealed class ColumnStepsTests
{
    [Theory]
    [InlineData("ALTER TABLE t ADD COLUMN c int", "a,b", "a,b,c", true)]
    [InlineData("ALTER TABLE t ADD c int NULL AFTER `add`, DROP b", "a,b", "a,c", true)]
    [InlineData("ALTER TABLE t ADD COLUMN IF NOT EXISTS c int DEFAULT 'drop x'", "a", "a,c", true)]
    [InlineData("ALTER TABLE t ADD COLUMN c int", "a,c", "a,c", false)]
    [InlineData("ALTER TABLE t DROP COLUMN c", "a,c", "a,c", false)]
    [InlineData("ALTER TABLE t ADD COLUMN c int", "a,b", "a,c", false)]
    [InlineData("ALTER TABLE t ADD COLUMN c int", "a", "a,c,d", false)]
    [InlineData("ALTER TABLE t ADD COLUMN x int", "a,b", "a,b", true)]
    [InlineData("ALTER TABLE t ADD (c int, d int)", "a", "a,c,d", false)]
    [InlineData("ALTER TABLE t MODIFY a varchar(5)", "a", "a", false)]
    [InlineData("ALTER TABLE t ADD INDEX by_a (a), DROP KEY old, ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (a)", "a", "a", true)]
    [InlineData("ALTER TABLE t COMMENT = 'drop column a'", "a", "a", true)]
    [InlineData("CREATE INDEX i ON t (a)", "a", "a", true)]
    public void AreClear_tells_whether_the_definitions_show_the_whole_step(string statement, string before, string after, bool expected) =>
        ColumnSteps.AreClear(statement, before.Split(','), after.Split(',')).Should().Be(expected);
}
