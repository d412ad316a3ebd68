using System.Xml.Linq;

namespace Strangler.Cli.Tests.Repository;

/// <summary>Each part can be deployed and retired alone: who may reference whom.</summary>
public class ProjectReferenceTests
{
    private const string Defaults = "Strangler.ServiceDefaults";
    private const string WebApi = "Strangler.WebApi";
    private const string Adapter = "Strangler.MagentoAdapter";

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Strangler.Proxy"] = [Defaults, Adapter],
        ["Strangler.CdcSync"] = [Defaults],
        [Defaults] = [],
        [WebApi] = [Defaults],
        [Adapter] = [],
        ["Strangler.Demo"] = [Defaults, WebApi],
        ["Strangler.Cli"] = [Adapter],
    };

    // A service is a folder of its own under extracted-services; a new one falls under this rule by being there.
    private static readonly string[] AllowedToServices = [Defaults, WebApi, Adapter];

    [Fact]
    public void EveryProject_ReferencesOnlyWhatItMay()
    {
        var projects = Projects().ToList();

        projects.Should().NotBeEmpty();
        foreach (var project in projects)
        {
            var name = Path.GetFileNameWithoutExtension(project);
            var allowed = Allowed.TryGetValue(name, out var own) ? own : AllowedToServices;
            References(project).Should().BeSubsetOf(allowed, "of the rule for {0}", name);
        }
    }

    [Fact]
    public void EveryProject_IsInTheSolution()
    {
        var solution = File.ReadAllText(RepositoryPaths.InRepository("Strangler.sln"));

        Projects().Concat(Directory.GetFiles(RepositoryPaths.InRepository("tests"), "*.csproj", SearchOption.AllDirectories))
            .Should().AllSatisfy(project => solution.Should().Contain($"\\{Path.GetFileName(project)}\""));
    }

    private static IEnumerable<string> Projects() =>
        new[] { "proxy", "cdc-sync", "extracted-services", "magento-adapter", "demo", "deploy" }
            .SelectMany(folder => Directory.GetFiles(RepositoryPaths.InRepository(folder), "*.csproj", SearchOption.AllDirectories));

    private static IEnumerable<string> References(string project) =>
        XDocument.Load(project).Descendants("ProjectReference").Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
}
