using System.Diagnostics;

namespace Strangler.Cli.Tests.Running;

/// <summary>The launcher itself, on a machine that lacks what it needs.</summary>
public class LauncherTests
{
    [Fact]
    public async Task WithoutTheSdk_SaysHowToGetIt()
    {
        using var clone = new EmptyClone();
        var launcher = Path.Combine(clone.Root, "strangler");
        File.Copy(RepositoryPaths.InRepository("strangler"), launcher);
        // Only the tools of a bare machine, in a home without an SDK; system folders are looked into too, so a name that hides them.
        var tools = Directory.CreateDirectory(Path.Combine(clone.Root, "tools")).FullName;
        foreach (var tool in (string[])["bash", "env", "dirname", "readlink", "grep", "cut"])
        {
            File.CreateSymbolicLink(Path.Combine(tools, tool), $"/usr/bin/{tool}");
        }

        var start = new ProcessStartInfo("/usr/bin/env", ["-i", $"PATH={tools}", $"HOME={clone.Root}", $"STRANGLER_SDK_FOLDERS={clone.Root}", launcher, "status"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        process.ExitCode.Should().Be(1);
        error.Should().Contain("the .NET 10 SDK is not installed").And.Contain("apt-get install dotnet-sdk-10.0");
        Directory.Exists(Path.Combine(clone.Root, "artifacts")).Should().BeFalse();
    }
}
