namespace Strangler.Benchmarks.Processes;

/// <summary>Programs that a bench measures with or beside.</summary>
internal static class RequiredTools
{
    private static readonly string[] Folders = ["/usr/sbin", "/usr/bin", "/usr/local/bin", "/usr/local/sbin"];

    /// <summary>What is missing, as the command that installs it; null when all is there.</summary>
    public static string? Missing(params (string Program, string Package)[] tools)
    {
        var packages = tools.Where(tool => !Folders.Any(folder => File.Exists(Path.Combine(folder, tool.Program)))).Select(tool => tool.Package).ToList();
        return packages.Count == 0 ? null : $"This bench needs programs that are not here: apt-get install {string.Join(' ', packages)}";
    }
}
