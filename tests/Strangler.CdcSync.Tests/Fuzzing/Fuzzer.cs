using System.Diagnostics;
using System.Globalization;

namespace Strangler.CdcSync.Tests.Fuzzing;

/// <summary>One thing to decode: damaged copies of its samples go into <see cref="Decode"/>, whose every failure but the expected ones is a fault.</summary>
/// <param name="Name">What is decoded.</param>
/// <param name="Samples">Real input.</param>
/// <param name="Kept">Bytes at the beginning of a sample that are not damaged.</param>
/// <param name="Decode">Decodes one input; <c>sample</c> is the number of the sample that it was made from.</param>
/// <param name="IsExpected">Whether a decoder may answer damaged input with this.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Samples, int Kept, Action<int, byte[]> Decode, Func<Exception, bool> IsExpected);

/// <summary>
/// Feeds damaged input to a decoder: for some seconds in the suite, half of them from a fixed seed and half from a new one, or as many inputs as
/// <c>STRANGLER_FUZZ_INPUTS</c> says. <c>STRANGLER_FUZZ_SEED</c> repeats a run.
/// </summary>
internal static class Fuzzer
{
    private const int FixedSeed = 20261122;

    // What one input may allocate: a fixed part, and a multiple of its length (compressed parts hold a thousand times their size).
    private const long AllocatedFixed = 16L << 20;
    private const long AllocatedPerByte = 4096;

    private static readonly TimeSpan TimeBox = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan HangLimit = TimeSpan.FromMinutes(2);

    public static async Task RunAsync(FuzzTarget target)
    {
        var inputs = long.TryParse(Environment.GetEnvironmentVariable("STRANGLER_FUZZ_INPUTS"), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? wanted : (long?)null;
        int[] seeds = int.TryParse(Environment.GetEnvironmentVariable("STRANGLER_FUZZ_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var seed)
            ? [seed]
            : [FixedSeed, Random.Shared.Next()];
        foreach (var one in seeds)
        {
            await RunAsync(target, one, inputs is null ? long.MaxValue : Math.Max(1, inputs.Value / seeds.Length), inputs is null ? TimeBox / seeds.Length : null);
        }
    }

    private static async Task RunAsync(FuzzTarget target, int seed, long inputs, TimeSpan? timeBox)
    {
        long done = 0;
        var (sample, input) = (0, Array.Empty<byte>());
        var watch = Stopwatch.StartNew();
        var work = Task.Run(() =>
        {
            var random = new Random(seed);
            var mutator = new Mutator(random);
            while (done < inputs && (timeBox is null || watch.Elapsed < timeBox))
            {
                sample = random.Next(target.Samples.Count);
                input = mutator.Mutate(target.Samples[sample], target.Kept, target.Samples);
                Try(target, sample, input, seed, done);
                Volatile.Write(ref done, done + 1);
            }
        });
        // Whoever hangs does not finish an input.
        for (long last = -1; !work.IsCompleted;)
        {
            await Task.WhenAny(work, Task.Delay(HangLimit, TimeProvider.System, TestContext.Current.CancellationToken));
            var now = Volatile.Read(ref done);
            if (!work.IsCompleted && now == last)
            {
                Assert.Fail($"{target.Name} hangs: {Describe(sample, input, seed, now)}");
            }

            last = now;
        }

        await work;
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{target.Name}: {done:N0} inputs from seed {seed} in {watch.Elapsed.TotalSeconds:0.0} s, {done / watch.Elapsed.TotalSeconds:N0}/s"));
    }

    private static void Try(FuzzTarget target, int sample, byte[] input, int seed, long number)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            target.Decode(sample, input);
        }
        catch (Exception fault) when (target.IsExpected(fault))
        {
        }
        catch (Exception fault)
        {
            throw new InvalidOperationException($"{target.Name} fails with {fault.GetType().Name} ({fault.Message}): {Describe(sample, input, seed, number)}", fault);
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        if (allocated > AllocatedFixed + (input.Length * AllocatedPerByte))
        {
            throw new InvalidOperationException($"{target.Name} allocates {allocated:N0} bytes: {Describe(sample, input, seed, number)}");
        }
    }

    private static string Describe(int sample, byte[] input, int seed, long number) =>
        $"seed {seed}, input {number}, made from sample {sample}, {input.Length} bytes: {Convert.ToHexString(input.AsSpan(0, Math.Min(input.Length, 4096)))}";
}
