namespace Strangler.Cli.CommandLine;

/// <summary>Where things lie in the repository that the launcher stands in.</summary>
internal sealed class RepositoryLayout(string root)
{
    public string Root { get; } = root;

    public string Solution => Path.Combine(Root, "Strangler.sln");

    public string RunFolder => Path.Combine(Root, ".run");

    public string Artifacts => Path.Combine(Root, "artifacts");

    public string In(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>What a Release build of a project made, such as <c>Strangler.Proxy.dll</c>.</summary>
    public string BuiltAssembly(string project) => Path.Combine(Artifacts, "bin", project, "release", $"{project}.dll");

    /// <summary>The folder given, or the one above this program that holds the solution.</summary>
    public static RepositoryLayout Find(string? given)
    {
        if (!string.IsNullOrEmpty(given))
        {
            return new RepositoryLayout(Path.GetFullPath(given));
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Strangler.sln")))
            {
                return new RepositoryLayout(folder.FullName);
            }
        }

        throw new CliFault($"There is no Strangler.sln above {AppContext.BaseDirectory}; run this by the launcher ./strangler of a clone.");
    }
}
