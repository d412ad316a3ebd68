using Strangler.Cli.CommandLine;
using Strangler.Cli.Processes;

namespace Strangler.Cli.Packages;

/// <summary>A program we need, and the distribution's packages that have it, the best first.</summary>
internal sealed record Requirement(string What, string[] Programs, params string[] Packages)
{
    public static Requirement MariaDb { get; } = new("MariaDB server", ["mariadbd"], "mariadb-server");

    public static Requirement MariaDbClient { get; } = new("MariaDB client", ["mariadb"], "mariadb-client");

    public static Requirement Chromium { get; } = new("Chromium", ["chromium", "chromium-browser", "google-chrome"], "chromium", "chromium-browser");

    public static Requirement Java { get; } = new("Java 17 or later", ["java"], "openjdk-17-jre-headless", "openjdk-21-jre-headless", "default-jre-headless");

    public static Requirement Xz { get; } = new("xz", ["xz"], "xz-utils");

    public static Requirement NumaLibrary { get; } = new("libnuma (for MySQL)", ["../lib/x86_64-linux-gnu/libnuma.so.1"], "libnuma1");

    public static Requirement AioLibrary { get; } =
        new("libaio (for MySQL)", ["../lib/x86_64-linux-gnu/libaio.so.1", "../lib/x86_64-linux-gnu/libaio.so.1t64"], "libaio1", "libaio1t64");

    /// <summary>Moves a process's wall clock, for the failure suite.</summary>
    public static Requirement FakeTime { get; } = new("libfaketime", ["../lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"], "libfaketime");

    public static Requirement Redis { get; } = new("Redis", ["redis-server"], "redis-server");

    public bool IsThere => Processes.Programs.Find(Programs) is not null;
}

/// <summary>Installs what is missing from the distribution when it may, and says exactly what to install when it may not.</summary>
internal sealed class SystemPackages(CliContext context)
{
    /// <summary>What is missing is installed, or the fault says how a person installs it.</summary>
    public async Task EnsureAsync(IReadOnlyList<Requirement> requirements, CancellationToken cancellationToken)
    {
        var missing = requirements.Where(requirement => !requirement.IsThere).ToList();
        if (missing.Count == 0)
        {
            return;
        }

        var what = string.Join(", ", missing.Select(requirement => requirement.What));
        var command = $"apt-get install -y --no-install-recommends {string.Join(' ', missing.Select(requirement => requirement.Packages[0]))}";
        if (Programs.Find("apt-get") is null)
        {
            throw new CliFault($"Not installed: {what}. This machine has no apt-get; install by its own means what on Debian is: {command}");
        }

        var prefix = await PrivilegeAsync(cancellationToken)
            ?? throw new CliFault($"Not installed: {what}, and this user may not install it (not root, no sudo without a password). Run: sudo {command}");
        await context.Progress.StepAsync($"install {what}", async report =>
        {
            await AptAsync(prefix, ["update"], report, cancellationToken);
            var packages = new List<string>();
            foreach (var requirement in missing)
            {
                packages.Add(await ChooseAsync(requirement, cancellationToken));
            }

            await AptAsync(prefix, ["install", "-y", "--no-install-recommends", .. packages], report, cancellationToken);
        });
        if (missing.Find(requirement => !requirement.IsThere) is { } still)
        {
            throw new CliFault($"{still.What} was installed, but none of {string.Join(", ", still.Programs)} is to be found.");
        }
    }

    private static async Task<string[]?> PrivilegeAsync(CancellationToken cancellationToken)
    {
        if (Environment.IsPrivilegedProcess)
        {
            return [];
        }

        return Programs.Find("sudo") is { } sudo && await Programs.RunAsync(sudo, ["-n", "true"], _ => { }, cancellationToken) == 0
            ? [sudo, "-n"]
            : null;
    }

    // A release of the distribution has one of the packages: Debian 12 has Java 17, Debian 13 has Java 21.
    private static async Task<string> ChooseAsync(Requirement requirement, CancellationToken cancellationToken)
    {
        foreach (var package in requirement.Packages)
        {
            var candidate = "";
            await Programs.RunAsync("apt-cache", ["policy", package], line => candidate += line.Contains("Candidate:") ? line : "", cancellationToken);
            if (candidate.Length > 0 && !candidate.Contains("(none)", StringComparison.Ordinal))
            {
                return package;
            }
        }

        throw new CliFault($"Not installed: {requirement.What}, and this distribution has none of: {string.Join(", ", requirement.Packages)}.");
    }

    private static async Task AptAsync(string[] prefix, string[] arguments, Action<string> report, CancellationToken cancellationToken)
    {
        string[] command = [.. prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", .. arguments];
        var lines = new List<string>();
        var code = await Programs.RunAsync(
            command[0],
            command[1..],
            line =>
            {
                lines.Add(line);
                report(line);
            },
            cancellationToken);
        if (code != 0)
        {
            throw new CliFault($"apt-get {string.Join(' ', arguments)} failed:\n{string.Join('\n', lines.TakeLast(15))}");
        }
    }
}
