namespace Strangler.Cli.Tests.Repository;

public class TopLevelTests
{
    private static readonly string[] Wanted =
    [
        "proxy", "extracted-services", "cdc-sync", "magento-adapter", "demo", "tests", "deploy", "docs",
        "migration-plan.md", "docker-compose.yml", "Strangler.sln", "README.md", "strangler",
    ];

    private static readonly string[] BuildFiles = ["Directory.Build.props", "Directory.Packages.props", "global.json"];

    // What building and running leave, and git keeps out.
    private static readonly string[] Made = ["artifacts", "TestResults"];

    [Fact]
    public void TopLevel_HoldsThePartsAndNothingElse()
    {
        var there = Directory.GetFileSystemEntries(RepositoryPaths.Root).Select(entry => Path.GetFileName(entry))
            .Where(name => !name.StartsWith('.') && !Made.Contains(name));

        there.Should().BeEquivalentTo([.. Wanted, .. BuildFiles]);
    }

    [Fact]
    public void Launcher_IsExecutable()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("needs the modes of files");
            return;
        }

        foreach (var script in (string[])["strangler", ".ci/run", "deploy/docker/mariadb-init.sh"])
        {
            File.GetUnixFileMode(RepositoryPaths.InRepository(script)).Should().HaveFlag(UnixFileMode.UserExecute, "{0} is run", script);
        }
    }
}
