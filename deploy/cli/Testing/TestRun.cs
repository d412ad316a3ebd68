using Strangler.Cli.Building;
using Strangler.Cli.CommandLine;
using Strangler.Cli.Packages;
using Strangler.Cli.Processes;

namespace Strangler.Cli.Testing;

/// <summary>The whole suite: what it needs, one build, every test program, one sum on the last line.</summary>
internal sealed class TestRun(CliContext context)
{
    private static readonly Requirement[] Needs =
    [
        Requirement.MariaDb, Requirement.MariaDbClient, Requirement.Chromium, Requirement.Java, Requirement.Xz,
        Requirement.NumaLibrary, Requirement.AioLibrary, Requirement.FakeTime, Requirement.Redis,
    ];

    public async Task<int> RunAsync(IReadOnlyCollection<string> wanted, string? filter, bool build, bool install, CancellationToken cancellationToken)
    {
        var programs = TestProgram.FindAll(context.Repository, wanted);
        if (install)
        {
            await new SystemPackages(context).EnsureAsync(Needs, cancellationToken);
        }

        if (build)
        {
            await new SolutionBuild(context).BuildAsync("build the solution (Release)", context.Repository.Solution, cancellationToken);
        }

        var mark = $"test-{Guid.NewGuid():N}";
        var temporary = Directory.CreateTempSubdirectory("strangler-test-");
        try
        {
            var environment = new Dictionary<string, string> { [MarkedProcesses.Variable] = mark, ["TMPDIR"] = temporary.FullName };
            // One after another: each starts servers, and some promise their visitors data within a fraction of a second.
            foreach (var program in programs)
            {
                context.Progress.Line($"run {program.Name} ...");
                await program.RunAsync(filter, environment, cancellationToken);
                Report(program);
            }
        }
        finally
        {
            if (await MarkedProcesses.StopAsync(mark, TimeSpan.FromSeconds(5), context.Time) is { Count: > 0 } left)
            {
                context.Progress.Warn($"the tests left these running, now ended: {string.Join(", ", left)}");
            }

            temporary.Delete(recursive: true);
        }

        return Sum(programs);
    }

    private void Report(TestProgram program)
    {
        var tally = program.Tally;
        var word = tally.Failed.Count == 0 ? "ok  " : "FAIL";
        context.Progress.Line(
            $"{word} {program.Name}: {tally.Passed} passed, {tally.Failed.Count} failed, {tally.Skipped} skipped ({program.Took.TotalSeconds:0} s)");
        foreach (var failed in tally.Failed)
        {
            context.Progress.Line($"  FAILED {failed.Name}\n{Indent(failed.Message)}");
        }

        foreach (var (reason, count) in tally.SkippedByReason)
        {
            context.Progress.Line($"  skipped {count}: {reason}");
        }
    }

    private int Sum(IReadOnlyList<TestProgram> programs)
    {
        var passed = programs.Sum(program => program.Tally.Passed);
        var failed = programs.Sum(program => program.Tally.Failed.Count);
        var skipped = programs.Sum(program => program.Tally.Skipped);
        context.Error.Flush();
        context.Output.WriteLine($"{passed} passed, {failed} failed{(skipped > 0 ? $", {skipped} skipped" : "")}");
        return failed == 0 ? ExitCode.Done : ExitCode.Fault;
    }

    private static string Indent(string text) => string.Join('\n', text.Split('\n').Select(line => $"    {line.TrimEnd()}"));
}
