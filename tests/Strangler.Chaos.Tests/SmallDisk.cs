namespace Strangler.Chaos.Tests;

/// <summary>A file system of a few kilobytes that can be filled up; where this user may not mount one, an ordinary folder that cannot.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("strangler-chaos-disk-");

    public string Folder => _folder.FullName;

    public bool IsMounted { get; private set; }

    public async Task MountAsync()
    {
        try
        {
            await ProcessRunner.RunAsync("mount", ["-t", "tmpfs", "-o", "size=256k,mode=0777", "tmpfs", Folder], CancellationToken.None);
            IsMounted = true;
        }
        catch (Exception fault) when (fault is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // Not allowed here: the fault that needs it says that it skips.
        }
    }

    /// <summary>Takes every byte that is left.</summary>
    public async Task FillAsync(CancellationToken cancellationToken)
    {
        // Without a buffer: it would be written, and fail, when the file is closed.
        await using var file = new FileStream(FillerPath, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        var block = new byte[1024];
        try
        {
            while (true)
            {
                await file.WriteAsync(block, cancellationToken);
            }
        }
        catch (IOException)
        {
            // Full, as wanted.
        }
    }

    public void Free() => File.Delete(FillerPath);

    public async ValueTask DisposeAsync()
    {
        if (IsMounted)
        {
            await ProcessRunner.RunAsync("umount", ["-l", Folder], CancellationToken.None);
        }

        _folder.Delete(recursive: true);
    }

    private string FillerPath => Path.Combine(Folder, "filler");
}
