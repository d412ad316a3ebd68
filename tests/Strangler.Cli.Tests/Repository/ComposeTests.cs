using System.Text.RegularExpressions;
using System.Xml.Linq;
using Strangler.Cli.CommandLine;
using Strangler.Cli.Databases;
using Strangler.Cli.Running;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Strangler.Cli.Tests.Repository;

/// <summary>The compose file is kept honest without an engine: what it names is there, and says what the launcher says.</summary>
public partial class ComposeTests
{
    // Services of ours by the process of the launcher whose settings they must have.
    private static readonly Dictionary<string, string> Processes = new()
    {
        ["demo"] = ProcessPlan.Demo,
        ["catalog"] = ProcessPlan.Catalog,
        ["cdc-sync"] = ProcessPlan.CdcSync,
        ["proxy"] = ProcessPlan.Proxy,
        ["proxy-store"] = ProcessPlan.Proxy,
    };

    private static readonly Dictionary<string, Dictionary<object, object>> Services = Read();

    [Fact]
    public void EveryServiceOfOurs_IsBuiltFromADockerfileThatIsThere()
    {
        foreach (var name in Processes.Keys.Append("demo-load"))
        {
            Services.Should().ContainKey(name);
            var build = Map(Services[name]["build"]);
            build["context"].Should().Be(".");
            File.Exists(RepositoryPaths.InRepository((string)build["dockerfile"])).Should().BeTrue("{0} is built from it", name);
        }
    }

    [Fact]
    public void EveryImage_IsPinned() =>
        Services.Where(service => service.Value.ContainsKey("image")).Should().HaveCountGreaterThan(2).And.AllSatisfy(service =>
            Image().IsMatch(Default((string)service.Value["image"])).Should().BeTrue("{0} must name a version: {1}", service.Key, service.Value["image"]));

    [Fact]
    public void EveryDependency_IsAServiceThatRunsInTheSameProfile()
    {
        foreach (var (name, service) in Services)
        {
            foreach (var (target, condition) in Map(service.GetValueOrDefault("depends_on") ?? new Dictionary<object, object>()))
            {
                Services.Should().ContainKey((string)target, "{0} depends on it", name);
                if ((string?)Map(condition).GetValueOrDefault("required") != "false")
                {
                    Profiles(service).Should().BeSubsetOf(Profiles(Services[(string)target]), "{0} depends on {1}", name, target);
                }
            }
        }
    }

    [Fact]
    public void Profiles_AreTheThreeThatTheFileDescribes()
    {
        Services.Values.SelectMany(Profiles).Distinct().Should().BeEquivalentTo("demo", "store", "kafka");
        Services.Values.Should().AllSatisfy(service => Profiles(service).Should().NotBeEmpty());
        Running("demo").Should().BeEquivalentTo("mariadb", "demo-load", "demo", "catalog", "cdc-sync", "proxy");
        Running("store").Should().BeEquivalentTo("mariadb", "catalog", "cdc-sync", "proxy-store");
        Running("kafka").Should().BeEquivalentTo("kafka", "connect");
    }

    [Fact]
    public void Settings_AreTheLaunchers()
    {
        var plan = Plan(demo: true).Concat(Plan(demo: false)).ToLookup(process => process.Name, process => process.Settings.Keys);
        foreach (var (service, process) in Processes)
        {
            var all = plan[process].SelectMany(names => names).ToHashSet();
            var names = Map(Services[service]["environment"]).Keys.Cast<string>().ToList();
            names.Should().BeSubsetOf(all, "{0} reads no other", service);
            var needed = plan[process].Select(set => set.ToHashSet()).Aggregate((one, other) => [.. one.Intersect(other)]);
            needed.Should().BeSubsetOf(names, "{0} needs them", service);
        }
    }

    [Fact]
    public void EveryAddress_NamesAServiceAndThePortItListensOn()
    {
        var listens = new Dictionary<string, List<string>>();
        foreach (var (name, service) in Services.Where(service => Processes.ContainsKey(service.Key)))
        {
            var environment = Map(service["environment"]);
            listens[name] = [.. new[] { "Urls", "Facade__StorefrontUrls", "Facade__ControlUrls" }
                .Where(environment.ContainsKey).Select(setting => new Uri((string)environment[setting]).Port.ToString(System.Globalization.CultureInfo.InvariantCulture))];
            File.ReadAllText(RepositoryPaths.InRepository((string)Map(service["build"])["dockerfile"])).Should().Contain($"EXPOSE {string.Join(' ', listens[name])}");
        }

        foreach (var (name, service) in Services.Where(service => Processes.ContainsKey(service.Key)))
        {
            foreach (var (setting, value) in Map(service["environment"]))
            {
                if (Address().Match(Default((string)value)) is { Success: true } address && address.Groups["host"].Value is not ("0.0.0.0" or "127.0.0.1"))
                {
                    listens.Should().ContainKey(address.Groups["host"].Value, "{0} of {1} names it", setting, name);
                    listens[address.Groups["host"].Value].Should().Contain(address.Groups["port"].Value, "{0} of {1} names it", setting, name);
                }
            }

            foreach (var port in ((List<object>?)service.GetValueOrDefault("ports") ?? []).Cast<string>())
            {
                listens[name].Should().Contain(port.Split(':')[^1], "{0} publishes it", name);
            }
        }
    }

    [Fact]
    public void EveryMountedFile_IsThere() =>
        Services.Values.SelectMany(service => (List<object>?)service.GetValueOrDefault("volumes") ?? []).Cast<string>().Where(volume => volume.StartsWith("./", StringComparison.Ordinal))
            .Should().NotBeEmpty().And.AllSatisfy(volume => Path.Exists(RepositoryPaths.InRepository(volume.Split(':')[0][2..])).Should().BeTrue("{0} is mounted", volume));

    [Theory]
    [MemberData(nameof(Dockerfiles))]
    public void Dockerfile_CopiesWhatItsProjectNeeds(string dockerfile)
    {
        var text = File.ReadAllText(RepositoryPaths.InRepository("deploy", "docker", dockerfile));
        var copied = Copy().Matches(text).SelectMany(copy => copy.Groups["from"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        copied.Should().AllSatisfy(path => Path.Exists(RepositoryPaths.InRepository(path)).Should().BeTrue("{0} is copied", path));

        var project = Publish().Match(text).Groups["project"].Value;
        File.Exists(RepositoryPaths.InRepository(project)).Should().BeTrue();
        Closure(RepositoryPaths.InRepository(project)).Should().AllSatisfy(needed =>
            copied.Should().Contain(path => needed == path || needed.StartsWith($"{path}/", StringComparison.Ordinal), "{0} is referenced", needed));
        text.Should().Contain($"\"{Path.GetFileNameWithoutExtension(project)}.dll\"").And.Contain("USER strangler");
        copied.Should().Contain(["global.json", "Directory.Build.props", "Directory.Packages.props", ".config"]);
    }

    public static TheoryData<string> Dockerfiles() =>
        [.. Directory.GetFiles(RepositoryPaths.InRepository("deploy", "docker"), "*.Dockerfile").Select(file => Path.GetFileName(file))];

    private static IEnumerable<string> Closure(string project)
    {
        yield return Path.GetRelativePath(RepositoryPaths.Root, project);
        foreach (var reference in XDocument.Load(project).Descendants("ProjectReference"))
        {
            foreach (var needed in Closure(Path.GetFullPath(reference.Attribute("Include")!.Value, Path.GetDirectoryName(project)!)))
            {
                yield return needed;
            }
        }
    }

    private static IReadOnlyList<PlannedProcess> Plan(bool demo)
    {
        var repository = new RepositoryLayout(RepositoryPaths.Root);
        var settings = new UpSettings(
            Ports.Default, null, demo ? null : new Uri("http://shop.example/"), demo ? null : Dsn.Parse("mysql://u:p@h/magento"), demo ? null : "key", null, "127.0.0.1",
            Follow: false, Force: false, Build: false, Delays: true);
        return ProcessPlan.For(settings, repository, new PrivateMariaDb(repository, 3307, "root"), new RunSecrets("root", "crypt", "control"));
    }

    private static Dictionary<string, Dictionary<object, object>> Read()
    {
        using var reader = File.OpenText(RepositoryPaths.InRepository("docker-compose.yml"));
        var file = new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(new MergingParser(new Parser(reader)));
        return Map(file["services"]).ToDictionary(service => (string)service.Key, service => Map(service.Value));
    }

    private static Dictionary<object, object> Map(object value) => (Dictionary<object, object>)value;

    private static List<string> Profiles(Dictionary<object, object> service) => [.. ((List<object>?)service.GetValueOrDefault("profiles") ?? []).Cast<string>()];

    private static IEnumerable<string> Running(string profile) => Services.Where(service => Profiles(service.Value).Contains(profile)).Select(service => service.Key);

    // ${NAME:-value} stands for value where nothing else is said.
    private static string Default(string text) => Variable().Replace(text, match => match.Groups["default"].Value);

    [GeneratedRegex(@"\$\{\w+:-(?<default>[^}]*)\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^[\w./-]+:\d+\.\d+[\w.-]*$")]
    private static partial Regex Image();

    [GeneratedRegex(@"^https?://(?<host>[\w.-]+):(?<port>\d+)/?$")]
    private static partial Regex Address();

    [GeneratedRegex(@"^COPY (?!--from)(?<from>.+) \S+$", RegexOptions.Multiline)]
    private static partial Regex Copy();

    [GeneratedRegex(@"dotnet publish (?<project>\S+)")]
    private static partial Regex Publish();
}
