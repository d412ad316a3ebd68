namespace Strangler.Proxy.Slices;

/// <summary>A text kept on disk for a cold start. Replaced by rename, so a crash leaves the old or the new, never half.</summary>
/// <param name="path">The file. Its folder is made when absent.</param>
internal sealed class LastGoodFile(string path)
{
    public string Path { get; } = path;

    public string? Read()
    {
        try
        {
            return File.Exists(Path) ? File.ReadAllText(Path) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Writes the text; false when the disk refuses, which must not stop traffic.</summary>
    public bool Write(string text)
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
            var temporary = $"{Path}.{Environment.ProcessId}.tmp";
            File.WriteAllText(temporary, text);
            File.Move(temporary, Path, overwrite: true);
            return true;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
