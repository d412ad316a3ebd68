using System.Diagnostics;

namespace Strangler.TestKit;

/// <summary>Runs a program to its end and returns what it printed; a non-zero exit is an error that shows it.</summary>
public static class ProcessRunner
{
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken, string? standardInputFile = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        if (standardInputFile is not null)
        {
            await using var file = File.OpenRead(standardInputFile);
            Stream source = standardInputFile.EndsWith(".gz", StringComparison.Ordinal)
                ? new System.IO.Compression.GZipStream(file, System.IO.Compression.CompressionMode.Decompress)
                : file;
            await using (source)
            {
                await source.CopyToAsync(process.StandardInput.BaseStream, cancellationToken);
            }
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await error}{await output}");
    }
}
