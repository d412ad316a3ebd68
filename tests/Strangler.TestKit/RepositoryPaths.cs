namespace Strangler.TestKit;

/// <summary>Where the repository and the shared test data beside it lie.</summary>
public static class RepositoryPaths
{
    /// <summary>The folder that holds Strangler.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The shared data folder beside the repository; it need not exist.</summary>
    public static string Shared { get; } = Environment.GetEnvironmentVariable("STRANGLER_SHARED") ?? Path.Combine(Root, "..", "shared");

    /// <summary>A file or folder in the shared data; the test is skipped, and says why, where it is absent.</summary>
    public static string RequireShared(params string[] parts)
    {
        var path = Path.GetFullPath(Path.Combine([Shared, .. parts]));
        Assert.SkipUnless(Path.Exists(path), $"needs the shared test data: ../shared/{string.Join('/', parts)} is not there");
        return path;
    }

    /// <summary>A file or folder of the repository itself.</summary>
    public static string InRepository(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Strangler.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Strangler.sln above {AppContext.BaseDirectory}.");
    }
}
