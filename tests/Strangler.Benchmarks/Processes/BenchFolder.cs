namespace Strangler.Benchmarks.Processes;

/// <summary>A folder for what a bench writes, gone afterwards.</summary>
internal static class BenchFolder
{
    /// <summary>Runs a bench that needs these programs; 1 when one is missing, which is said with the command that installs it.</summary>
    public static async Task<int> RunAsync((string Program, string Package)[] tools, Func<string, Task> measure)
    {
        if (RequiredTools.Missing(tools) is { } missing)
        {
            await Console.Error.WriteLineAsync(missing);
            return 1;
        }

        var folder = Directory.CreateTempSubdirectory("strangler-bench-").FullName;
        try
        {
            await measure(folder);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
