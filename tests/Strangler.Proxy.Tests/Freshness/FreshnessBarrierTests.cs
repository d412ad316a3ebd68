using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Strangler.Proxy.Freshness;

namespace Strangler.Proxy.Tests.Freshness;

public sealed class FreshnessBarrierTests
{
    [Fact]
    public async Task Pass_AnyOrderOfCallsAndAnswers_NobodyIsAnsweredByAQuestionSentBeforeTheyCame() => await Gen.Bool.List[1, 60].SampleAsync(async steps =>
    {
        var asked = new Queue<(int At, TaskCompletionSource<bool> Answer)>();
        var clock = 0;
        var waiting = new List<(int At, Task<bool> Task)>();
        var answered = new List<(int SentAt, TaskCompletionSource<bool> Answer)>();
        var barrier = new FreshnessBarrier(_ => Ask(), new FakeTimeProvider());
        foreach (var isCall in steps)
        {
            clock++;
            if (isCall)
            {
                waiting.Add((clock, barrier.PassAsync()));
            }
            else if (asked.TryDequeue(out var question))
            {
                question.Answer.SetResult(true);
                answered.Add(question);
                await SettledAsync();
                CheckPassed();
            }
        }

        while (asked.TryDequeue(out var question))
        {
            question.Answer.SetResult(true);
            answered.Add(question);
            await SettledAsync();
        }

        CheckPassed();
        waiting.Should().OnlyContain(caller => caller.Task.IsCompletedSuccessfully && caller.Task.Result);

        Task<bool> Ask()
        {
            var answer = new TaskCompletionSource<bool>();
            asked.Enqueue((clock, answer));
            asked.Count.Should().BeLessThanOrEqualTo(4, "more questions under way would only burden cdc-sync");
            return answer.Task;
        }

        // Continuations of the barrier run on the pool; a caller whose question is answered is let through in a moment.
        async Task SettledAsync() => await Eventually.TrueAsync(
            () => Task.FromResult(waiting.Count(caller => caller.Task.IsCompleted) >= waiting.Count - Unanswered()), "answers are passed on", TestContext.Current.CancellationToken);

        int Unanswered() => waiting.Count(caller => !answered.Exists(question => question.SentAt >= caller.At));

        void CheckPassed() => waiting.Where(caller => caller.Task.IsCompleted)
            .Should().OnlyContain(caller => answered.Exists(question => question.SentAt >= caller.At));
    }, iter: 200, threads: 1);

    [Fact]
    public async Task Pass_AfterAFailure_NobodyWaitsForAMoment()
    {
        var time = new FakeTimeProvider();
        var questions = 0;
        var barrier = new FreshnessBarrier(_ => Task.FromResult(questions++ > 0), time);

        (await barrier.PassAsync()).Should().BeFalse();
        (await barrier.PassAsync()).Should().BeFalse();
        questions.Should().Be(1, "the second was not asked");
        time.Advance(TimeSpan.FromSeconds(1));

        (await barrier.PassAsync()).Should().BeTrue();
        barrier.ProvenAt.Should().Be(time.GetTimestamp());
    }
}
