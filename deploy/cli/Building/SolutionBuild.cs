using Strangler.Cli.CommandLine;
using Strangler.Cli.Processes;

namespace Strangler.Cli.Building;

/// <summary>Builds Release with a compile server of its own, which ends with the build.</summary>
internal sealed class SolutionBuild(CliContext context)
{
    public static string Dotnet { get; } = Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";

    /// <summary>Builds a project or the solution; a failed build is a fault that shows the errors.</summary>
    public Task BuildAsync(string title, string projectOrSolution, CancellationToken cancellationToken) =>
        context.Progress.StepAsync(title, async report =>
        {
            var mark = $"build-{Guid.NewGuid():N}";
            var lines = new List<string>();
            try
            {
                var code = await Programs.RunAsync(
                    Dotnet,
                    ["build", projectOrSolution, "-c", "Release", "--nologo", "-v", "minimal", "-clp:NoSummary", "-nodeReuse:false", $"-p:SharedCompilationId={mark}"],
                    line => Keep(line, lines, report),
                    cancellationToken,
                    new Dictionary<string, string> { [MarkedProcesses.Variable] = mark },
                    context.Repository.Root);
                if (code != 0)
                {
                    throw new CliFault($"The build failed:\n{string.Join('\n', Errors(lines))}");
                }
            }
            finally
            {
                await MarkedProcesses.StopAsync(mark, TimeSpan.FromSeconds(2), context.Time);
            }
        });

    /// <summary>Builds a few projects of the solution at once, which shares their common parts.</summary>
    public async Task BuildAsync(string title, string filterName, IReadOnlyList<string> projects, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(context.Repository.Artifacts);
        var filter = Path.Combine(context.Repository.Artifacts, $"{filterName}.slnf");
        // The projects' names hold nothing that JSON would have to escape.
        await File.WriteAllTextAsync(
            filter,
            $$"""{ "solution": { "path": "../Strangler.sln", "projects": [ {{string.Join(", ", projects.Select(project => $"\"{project}\""))}} ] } }""",
            cancellationToken);
        await BuildAsync(title, filter, cancellationToken);
    }

    private static void Keep(string line, List<string> lines, Action<string> report)
    {
        lines.Add(line);
        if (line.IndexOf(" -> ", StringComparison.Ordinal) is var arrow and > 0)
        {
            report(line[..arrow].Trim());
        }
    }

    private static IEnumerable<string> Errors(List<string> lines)
    {
        var errors = lines.Where(line => line.Contains(": error ", StringComparison.Ordinal)).Select(line => line.Trim()).Distinct().Take(40).ToList();
        return errors.Count > 0 ? errors : lines.TakeLast(40);
    }
}
