namespace Strangler.Cli.Tests;

/// <summary>A folder that looks like a clone in which nothing was ever started.</summary>
internal sealed class EmptyClone : IDisposable
{
    public EmptyClone() => File.WriteAllText(Path.Combine(Root, "Strangler.sln"), "");

    public string Root { get; } = Directory.CreateTempSubdirectory("strangler-clone-").FullName;

    public string Run(params string[] parts)
    {
        var path = Path.Combine([Root, ".run", .. parts]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
