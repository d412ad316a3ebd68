using System.Text.Json;
using System.Text.RegularExpressions;

namespace Strangler.Cli.Tests.Repository;

public partial class MigrationPlanTests
{
    private static readonly string[] Stages = ["legacy", "shadow", "canary", "live", "retired"];

    [Fact]
    public void Plan_NamesTheDeclaredSlices_WithTheirOwner()
    {
        var declared = Directory.GetFiles(RepositoryPaths.InRepository("proxy", "slices"), "*.json").Where(file => !file.EndsWith(".schema.json", StringComparison.Ordinal))
            .Select(file => JsonDocument.Parse(File.ReadAllText(file)).RootElement)
            .ToDictionary(slice => slice.GetProperty("id").GetString()!, slice => slice.GetProperty("service").GetString());
        var planned = SliceLine().Matches(File.ReadAllText(RepositoryPaths.InRepository("migration-plan.md")))
            .ToDictionary(line => line.Groups["id"].Value, line => line.Groups["owner"].Value);

        planned.Should().BeEquivalentTo(declared);
    }

    [Fact]
    public void Plan_HasAKnownStageForEverySlice()
    {
        var lines = SliceLine().Matches(File.ReadAllText(RepositoryPaths.InRepository("migration-plan.md")));

        lines.Should().NotBeEmpty().And.AllSatisfy(line => Stages.Should().Contain(line.Groups["stage"].Value));
    }

    [GeneratedRegex(@"^\| `(?<id>[a-z0-9.-]+)` \|[^|]+\| (?<stage>\w+) \| `(?<owner>[a-z-]+)` \|", RegexOptions.Multiline)]
    private static partial Regex SliceLine();
}
