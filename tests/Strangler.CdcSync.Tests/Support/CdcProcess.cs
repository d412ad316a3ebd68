using System.Diagnostics;

namespace Strangler.CdcSync.Tests.Support;

/// <summary>cdc-sync as a process of its own over a test's databases, and a client of it. Ends, by its own pid, on dispose.</summary>
internal sealed class CdcProcess(Process process, HttpClient client) : IAsyncDisposable
{
    public HttpClient Client { get; } = client;

    public static Task<CdcProcess> StartAsync(TestSync sync, params IEnumerable<KeyValuePair<string, string>> settings)
    {
        var address = $"http://127.0.0.1:{FreePort.Next()}";
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Strangler.CdcSync.dll")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["Urls"] = address;
        start.Environment["ConnectionStrings__Source"] = sync.Source;
        start.Environment["Cdc__SourceDatabase"] = sync.SourceDatabase;
        start.Environment["Cdc__Targets__0__Subscription"] = sync.SubscriptionFile;
        start.Environment["Cdc__Targets__0__ConnectionString"] = sync.Target;
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return Task.FromResult(new CdcProcess(Start(start), new HttpClient { BaseAddress = new Uri(address) }));
    }

    private static Process Start(ProcessStartInfo start)
    {
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>The most memory that it had so far, in bytes.</summary>
    public long PeakWorkingSet
    {
        get
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
    }

    public Task ReadyAsync() => Eventually.TrueAsync(
        async () => (await Client.GetAsync("/health/ready", TestContext.Current.CancellationToken)).IsSuccessStatusCode, "ready", TestContext.Current.CancellationToken);

    /// <summary>Ends it as a crash would, and starts it again at the same address.</summary>
    public async Task CrashAndRestartAsync()
    {
        var start = process.StartInfo;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = Start(start);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
