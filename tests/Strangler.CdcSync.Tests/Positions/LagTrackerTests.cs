using Microsoft.Extensions.Time.Testing;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Positions;

namespace Strangler.CdcSync.Tests.Positions;

public sealed class LagTrackerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly LagTracker _lag;

    public LagTrackerTests() => _lag = new LagTracker(_time);

    [Fact]
    public void Lag_is_unknown_before_a_sample_is_applied_and_projected()
    {
        _lag.Lag.Should().BeNull();
        _lag.Applied(At(100), 1, streaming: true);
        _lag.Lag.Should().BeNull();
        Sample(100);
        _lag.Lag.Should().BeNull("there is no projection");
        _lag.Projected(1);
        _lag.Lag.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void Lag_stays_small_while_the_store_is_idle_and_sampled()
    {
        Start();
        for (var i = 0; i < 10; i++)
        {
            Pass(50);
            Sample(100);
            _lag.Lag.Should().Be(TimeSpan.Zero);
        }

        Pass(30);
        _lag.Lag.Should().Be(TimeSpan.FromMilliseconds(30));
    }

    [Fact]
    public void Lag_grows_when_the_source_is_not_asked_any_more()
    {
        Start();
        Pass(60_000);
        _lag.Lag.Should().Be(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Lag_counts_from_the_last_sample_that_is_reached_and_not_from_the_one_that_waits()
    {
        Start();
        Pass(50);
        Sample(200);
        Pass(50);
        Sample(300);
        _lag.Lag.Should().Be(TimeSpan.FromMilliseconds(100), "nothing after the start is applied");

        _lag.Applied(At(200), 2, streaming: true);
        _lag.Lag.Should().Be(TimeSpan.FromMilliseconds(100), "applied is not projected");
        _lag.Projected(2);
        _lag.Lag.Should().Be(TimeSpan.FromMilliseconds(50));

        _lag.Applied(At(350), 3, streaming: true);
        _lag.Projected(3);
        _lag.Lag.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void A_sample_between_two_batches_needs_the_later_one()
    {
        Start();
        Pass(10);
        Sample(250);
        _lag.Applied(At(200), 2, streaming: true);
        _lag.Projected(2);
        _lag.Lag.Should().Be(TimeSpan.FromMilliseconds(10));

        _lag.Applied(At(300), 3, streaming: true);
        _lag.Lag.Should().Be(TimeSpan.FromMilliseconds(10));
        _lag.Projected(3);
        _lag.Lag.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void A_position_that_moves_without_rows_needs_no_new_projection()
    {
        Start();
        Pass(10);
        Sample(900);
        _lag.Applied(At(900), 1, streaming: true);
        _lag.Lag.Should().Be(TimeSpan.Zero);
    }

    [Fact]
    public void The_next_log_file_lies_after_the_last_whatever_its_offsets()
    {
        Start();
        Pass(10);
        _lag.Sampled(new SourcePosition("mariadb", "mysql-bin.000002", 4, null), _time.GetTimestamp());
        _lag.Applied(At(5000), 2, streaming: true);
        _lag.Projected(2);
        _lag.Lag.Should().Be(TimeSpan.FromMilliseconds(10));
    }

    [Fact]
    public void A_copy_or_a_stop_makes_the_lag_unknown()
    {
        Start();
        _lag.Applied(At(100), 2, streaming: false);
        _lag.Lag.Should().BeNull();
        _lag.Applied(At(100), 3, streaming: true);
        _lag.Projected(3);
        _lag.Lag.Should().BeNull("no sample was taken since");
        Sample(100);
        _lag.Lag.Should().Be(TimeSpan.Zero);
        _lag.Reset();
        _lag.Lag.Should().BeNull();
    }

    [Fact]
    public void The_bound_holds_when_nothing_is_applied_for_long()
    {
        Start();
        for (var i = 0; i < 100_000; i++)
        {
            Pass(50);
            Sample(200 + i);
        }

        _lag.Lag.Should().Be(TimeSpan.FromMilliseconds(50 * 100_000));
        _lag.Applied(At(200 + 99_000), 2, streaming: true);
        _lag.Projected(2);
        _lag.Lag.Should().BeGreaterThanOrEqualTo(TimeSpan.FromMilliseconds(50 * 999), "what is not applied may not count");
        _lag.Lag.Should().BeLessThan(TimeSpan.FromMilliseconds(50 * 100_000));
        _lag.Applied(At(1_000_000), 3, streaming: true);
        _lag.Projected(3);
        _lag.Lag.Should().BeLessThan(TimeSpan.FromMinutes(60));
    }

    [Fact]
    public async Task Waiting_ends_when_the_batch_that_reached_the_position_is_projected()
    {
        Start();
        var waiting = _lag.UntilReachedAsync(At(150), TestContext.Current.CancellationToken);
        _lag.Applied(At(200), 2, streaming: true);
        waiting.IsCompleted.Should().BeFalse();
        _lag.Applied(At(300), 3, streaming: true);
        waiting.IsCompleted.Should().BeFalse();
        _lag.Projected(3);
        await waiting;
    }

    private void Start()
    {
        _lag.Applied(At(100), 1, streaming: true);
        _lag.Projected(1);
        Sample(100);
        _lag.Lag.Should().Be(TimeSpan.Zero);
    }

    private void Sample(long offset) => _lag.Sampled(At(offset), _time.GetTimestamp());

    private void Pass(double milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private static SourcePosition At(long offset) => new("mariadb", "mysql-bin.000001", offset, null);
}
