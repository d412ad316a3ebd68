namespace Strangler.TestKit;

/// <summary>Where the build put a program of ours: the same configuration as the running test's.</summary>
public static class BuiltProgram
{
    private static readonly string Configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;

    /// <summary>The assembly of a project such as <c>Strangler.Proxy</c>. The test project must refer to that project, so that it is built.</summary>
    public static string AssemblyOf(string project)
    {
        var path = RepositoryPaths.InRepository("artifacts", "bin", project, Configuration, project + ".dll");
        return File.Exists(path) ? path : throw new FileNotFoundException($"{project} is not built in configuration {Configuration}.", path);
    }
}
