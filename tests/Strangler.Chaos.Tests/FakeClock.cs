using System.Globalization;

namespace Strangler.Chaos.Tests;

/// <summary>The wall clock of a process that was started with <see cref="Settings"/>, moved while it runs by libfaketime. Its monotonic clock goes on.</summary>
internal sealed class FakeClock : IDisposable
{
    private static readonly string? Library = new[] { "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1" }
        .FirstOrDefault(File.Exists);

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"strangler-clock-{Guid.NewGuid():N}");

    public FakeClock() => Jump(TimeSpan.Zero);

    public static string HowToInstall => "needs libfaketime: apt-get install libfaketime";

    public static bool IsInstalled => Library is not null;

    public IEnumerable<KeyValuePair<string, string>> Settings => Library is null ? [] :
    [
        new("LD_PRELOAD", Library),
        new("FAKETIME_TIMESTAMP_FILE", _file),
        new("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        new("FAKETIME_CACHE_DURATION", "1"),
    ];

    /// <summary>Puts the clock that much before or behind the true time.</summary>
    public void Jump(TimeSpan offset) => File.WriteAllText(_file, string.Create(CultureInfo.InvariantCulture, $"{offset.TotalSeconds:+0;-0;+0}\n"));

    public void Dispose() => File.Delete(_file);
}
