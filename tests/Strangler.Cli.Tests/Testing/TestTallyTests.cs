using Strangler.Cli.Testing;

namespace Strangler.Cli.Tests.Testing;

public class TestTallyTests
{
    private readonly TestTally _tally = new();

    [Fact]
    public void Take_CountsEveryOutcome()
    {
        Take("""{"$type":"test-starting","TestUniqueID":"a","TestDisplayName":"A.One"}""");
        Take("""{"$type":"test-passed","TestUniqueID":"a"}""");
        Take("""{"$type":"test-finished","TestUniqueID":"a"}""");
        Take("""{"$type":"test-starting","TestUniqueID":"b","TestDisplayName":"A.Two"}""");
        Take("""{"$type":"test-failed","TestUniqueID":"b","Messages":["three is not four"],"StackTraces":["   at X() in /_/src/x.cs:line 1\n   at A.Two() in /src/A.cs:line 7"]}""");
        Take("""{"$type":"test-skipped","TestUniqueID":"c","Reason":"no server"}""");
        Take("""{"$type":"test-skipped","TestUniqueID":"d","Reason":"no server"}""");
        Take("""{"$type":"test-assembly-finished","TestsFailed":1}""");

        _tally.Passed.Should().Be(1);
        _tally.Failed.Should().ContainSingle().Which.Should().Be(new FailedTest("A.Two", "three is not four\n   at A.Two() in /src/A.cs:line 7"));
        _tally.SkippedByReason.Should().Equal(new Dictionary<string, int> { ["no server"] = 2 });
        _tally.Finished.Should().BeTrue();
    }

    [Fact]
    public void Take_AFailureOutsideATest_IsAFailure()
    {
        Take("""{"$type":"test-assembly-cleanup-failure","Messages":["the server did not stop"]}""");

        _tally.Failed.Should().ContainSingle().Which.Message.Should().Be("the server did not stop");
    }

    [Fact]
    public void Running_IsTheTestThatHasNotEnded()
    {
        Take("""{"$type":"test-starting","TestUniqueID":"a","TestDisplayName":"A.Hangs"}""");

        _tally.Running.Should().Be("A.Hangs");
        _tally.Finished.Should().BeFalse();
    }

    [Theory]
    [InlineData("hello from a test")]
    [InlineData("{\"$type\":\"test-passed\"")]
    [InlineData("")]
    public void Take_AnythingElse_IsOutput(string line)
    {
        _tally.Take(line).Should().BeFalse();
        _tally.Passed.Should().Be(0);
    }

    private void Take(string line) => _tally.Take(line).Should().BeTrue();
}
