using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Strangler.Demo.Serving;

namespace Strangler.Demo.Tests.Serving;

public sealed class ResponseDelayTests
{
    [Fact]
    public async Task Wait_Off_DoesNotWait()
    {
        var pace = Delay(on: false, new FakeTimeProvider()).Start(new DefaultHttpContext());

        var wait = pace.WaitAsync(TestContext.Current.CancellationToken);

        wait.IsCompleted.Should().BeTrue();
        await wait;
    }

    [Fact]
    public async Task Wait_On_LastsWithinWhatWasMeasuredForItsKind()
    {
        var time = new FakeTimeProvider();
        var pace = Delay(on: true, time).Start(new DefaultHttpContext());
        pace.Is("category");

        var wait = pace.WaitAsync(TestContext.Current.CancellationToken);

        // The quickest category page took 316 ms, and a draw is at most a little beyond the 95th percentile of 487 ms.
        time.Advance(TimeSpan.FromMilliseconds(316));
        wait.IsCompleted.Should().BeFalse();
        time.Advance(TimeSpan.FromMilliseconds(200));
        await wait;
    }

    [Fact]
    public void Wait_WhenTheAnswerItselfTookLonger_IsOverAtOnce()
    {
        var time = new FakeTimeProvider();
        var pace = Delay(on: true, time).Start(new DefaultHttpContext());
        time.Advance(TimeSpan.FromSeconds(2));

        pace.WaitAsync(TestContext.Current.CancellationToken).IsCompleted.Should().BeTrue();
    }

    private static ResponseDelay Delay(bool on, TimeProvider time) => new(Options.Create(new DemoOptions { Delays = on }), time);
}
