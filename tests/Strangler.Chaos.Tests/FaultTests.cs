using System.Globalization;
using Strangler.Chaos.Tests.Faults;
using Strangler.Chaos.Tests.Load;

namespace Strangler.Chaos.Tests;

/// <summary>
/// Each fault alone, and pairs of them, under a steady load: no shopper gets an error that Magento alone would not have given, nobody sees a price older
/// than what was committed before they asked, and when the fault is over everything is as before by itself. <c>STRANGLER_CHAOS_PAIRS</c> is how many pairs,
/// <c>STRANGLER_CHAOS_SECONDS</c> how long each fault lasts, <c>STRANGLER_CHAOS_SEED</c> which pairs, <c>STRANGLER_CHAOS_ONLY</c> a part of their names.
/// </summary>
public sealed class FaultTests(ChaosWorld world)
{
    private static readonly int Seconds = Setting("STRANGLER_CHAOS_SECONDS", 3);
    private static readonly int PairCount = Setting("STRANGLER_CHAOS_PAIRS", 6);
    private static readonly int Seed = Setting("STRANGLER_CHAOS_SEED", 1);

    private static readonly IReadOnlyList<Fault> Chosen =
        [.. AllFaults.List.Where(fault => fault.Name.Contains(Environment.GetEnvironmentVariable("STRANGLER_CHAOS_ONLY") ?? "", StringComparison.OrdinalIgnoreCase))];

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string> Alone => [.. Chosen.Select(fault => fault.Name)];

    public static TheoryData<string, string> Pairs
    {
        get
        {
            var pairs = AllFaults.List.SelectMany((first, i) => AllFaults.List.Skip(i + 1).Select(second => (First: first, Second: second)))
                .Where(pair => (Chosen.Contains(pair.First) || Chosen.Contains(pair.Second)) && pair.First.Touches != pair.Second.Touches).ToArray();
            new Random(Seed).Shuffle(pairs);
            return [.. pairs.Take(PairCount).Select(pair => (pair.First.Name, pair.Second.Name))];
        }
    }

    [Theory]
    [MemberData(nameof(Alone))]
    public Task No_shopper_notices(string fault) => StandAsync([fault]);

    [Theory]
    [MemberData(nameof(Pairs))]
    public Task No_shopper_notices_two_at_once(string first, string second) => StandAsync([first, second]);

    private async Task StandAsync(string[] names)
    {
        _ = world.Stack;
        var faults = names.Select(name => AllFaults.List.Single(fault => fault.Name == name)).ToList();
        var missing = faults.Select(fault => fault.Missing(world)).FirstOrDefault(text => text is not null);
        Assert.SkipWhen(missing is not null, missing ?? "");
        world.Load.Impaired = faults.Aggregate(Impairment.None, (all, fault) => all | fault.Impairs);
        foreach (var fault in faults)
        {
            await fault.PrepareAsync(world, Cancelled);
        }

        await world.RecoveredAsync(Cancelled);
        world.Load.TakeViolations().Should().BeEmpty("nothing is wrong yet");
        var before = world.Load.Answers;
        long during;
        var injected = new Stack<Fault>();
        try
        {
            foreach (var fault in faults)
            {
                injected.Push(fault);
                await fault.InjectAsync(world, Cancelled);
            }

            await Task.Delay(TimeSpan.FromSeconds(Seconds), TimeProvider.System, Cancelled);
            during = world.Load.Answers;
        }
        finally
        {
            // Whatever happened, the next fault finds the world whole.
            foreach (var fault in injected)
            {
                await fault.HealAsync(world, CancellationToken.None);
            }
        }

        await world.RecoveredAsync(Cancelled);
        world.Load.Impaired = Impairment.None;
        await world.RecoveredAsync(Cancelled);
        world.Load.TakeViolations().Should().BeEmpty();
        during.Should().BeGreaterThan(before, "shoppers were answered meanwhile");
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{during - before} answers during the fault; {world.Load.Answers} in all, {world.Load.Extracted} by the service, {world.Load.Kept} of them kept"));
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;
}
