using Strangler.Cli.CommandLine;
using Strangler.Cli.Processes;

namespace Strangler.Cli.Testing;

/// <summary>One built test project: runs it in an environment of its own and counts what it reports.</summary>
internal sealed class TestProgram(string name, string executable)
{
    /// <summary>A dead man's switch against a hanging test.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    public string Name { get; } = name;

    public TestTally Tally { get; } = new();

    public TimeSpan Took { get; private set; }

    /// <summary>The test programs of the repository; the slow end-to-end suite last.</summary>
    public static IReadOnlyList<TestProgram> FindAll(RepositoryLayout repository, IReadOnlyCollection<string> wanted)
    {
        var all = Directory.GetFiles(repository.In("tests"), "*.Tests.csproj", SearchOption.AllDirectories)
            .Select(project => Path.GetFileNameWithoutExtension(project))
            .OrderBy(name => name.Contains(".Integration.", StringComparison.Ordinal))
            .ThenBy(name => name, StringComparer.Ordinal)
            .ToList();
        foreach (var name in wanted.Where(name => !all.Exists(project => Matches(project, name))))
        {
            throw new CliFault($"There is no test project {name}. There are: {string.Join(", ", all.Select(Short))}");
        }

        return
        [
            .. all.Where(project => wanted.Count == 0 || wanted.Any(name => Matches(project, name)))
                .Select(project => new TestProgram(Short(project), Path.Combine(repository.Artifacts, "bin", project, "release", project))),
        ];
    }

    /// <summary>Runs the tests; a program that crashes, hangs or leaves early counts as one failed test that says so.</summary>
    public async Task RunAsync(string? filter, IReadOnlyDictionary<string, string> environment, CancellationToken cancellationToken)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var tail = new Queue<string>();
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        string? crash = null;
        try
        {
            string[] arguments = ["-reporter", "json", "-noColor", "-noAutoReporters", .. filter is null ? Array.Empty<string>() : ["-method", $"*{filter}*"]];
            var code = await Programs.RunAsync(executable, arguments, Take, stop.Token, environment);
            if (!Tally.Finished || (code != 0 && Tally.Failed.Count == 0))
            {
                crash = $"ended with exit code {code} before its tests did";
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            crash = $"still ran after {Limit.TotalMinutes:0} minutes and was killed";
        }
        catch (System.ComponentModel.Win32Exception fault)
        {
            crash = $"could not be started: {fault.Message}";
        }

        Took = watch.Elapsed;
        if (crash is not null)
        {
            var running = Tally.Running is { } test ? $"; running then: {test}" : "";
            Tally.Failed.Add(new FailedTest($"{Name} {crash}{running}", string.Join('\n', tail)));
        }

        void Take(string line)
        {
            if (!Tally.Take(line))
            {
                tail.Enqueue(line);
                if (tail.Count > 25)
                {
                    tail.Dequeue();
                }
            }
        }
    }

    private static string Short(string project) => project["Strangler.".Length..^".Tests".Length];

    private static bool Matches(string project, string name) =>
        string.Equals(Short(project), name, StringComparison.OrdinalIgnoreCase) || string.Equals(project, name, StringComparison.OrdinalIgnoreCase);
}
