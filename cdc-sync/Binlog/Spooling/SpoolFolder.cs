namespace Strangler.CdcSync.Binlog.Spooling;

/// <summary>Where large transactions lie while they are read and applied. Safe for several threads.</summary>
/// <param name="path">The folder; made when it is first needed.</param>
/// <param name="memoryBytes">How much of one transaction is kept in memory before the rest of it goes to a file.</param>
internal sealed class SpoolFolder(string path, long memoryBytes)
{
    private const string Prefix = "strangler-cdc-";
    private const string Suffix = ".spool";
    private const int BufferBytes = 128 * 1024;

    public string Path { get; } = path;

    public long MemoryBytes { get; } = memoryBytes;

    /// <summary>Removes what a process left behind that was killed. A file in use elsewhere is not hurt: see <see cref="CreateFile"/>.</summary>
    public void RemoveStale()
    {
        if (!Directory.Exists(Path))
        {
            return;
        }

        foreach (var file in Directory.EnumerateFiles(Path, Prefix + "*" + Suffix))
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // Another process's, on a system that keeps open files.
            }
        }
    }

    /// <summary>A new empty file that ends with its handle: where a system can it has no name any more, so not even a killed process leaves it.</summary>
    public FileStream CreateFile()
    {
        try
        {
            Directory.CreateDirectory(Path);
            var name = System.IO.Path.Combine(Path, $"{Prefix}{Guid.NewGuid():N}{Suffix}");
            var file = new FileStream(name, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.Delete,
                Options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None,
                BufferSize = BufferBytes,
            });
            if (!OperatingSystem.IsWindows())
            {
                File.Delete(name);
            }

            return file;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Failed(fault);
        }
    }

    public SpoolException Failed(Exception fault) =>
        new($"A large transaction cannot be kept in '{Path}': {fault.Message} Free some space there, or set Cdc:SpoolFolder.", fault);
}

/// <summary>The spool folder cannot take a transaction: full, or not writable.</summary>
internal sealed class SpoolException(string message, Exception inner) : Exception(message, inner);
