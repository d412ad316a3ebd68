using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Strangler.ServiceDefaults;

/// <summary>
/// Runs a background service and begins it again, after a moment, when it falls by a fault that it does not know: the requests of the process have
/// nothing to do with it, and the host would otherwise stop them all.
/// </summary>
/// <typeparam name="T">The background service; one that ends by itself is left alone.</typeparam>
public sealed partial class SupervisedService<T>(T service, TimeProvider time, ILogger<T> logger) : IHostedService, IDisposable where T : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private Task _watching = Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await service.StartAsync(cancellationToken);
        _watching = WatchAsync();
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await service.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private async Task WatchAsync()
    {
        while (service.ExecuteTask is { } running)
        {
            await running.WaitAsync(_stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stopping.IsCancellationRequested || running.Exception is not { } fault)
            {
                return;
            }

            Log.Fell(logger, fault.GetBaseException(), typeof(T).Name);
            await Task.Delay(Pause, time, _stopping.Token);
            await service.StartAsync(_stopping.Token);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 10, Level = LogLevel.Error, Message = "{Service} fell and begins again")]
        public static partial void Fell(ILogger logger, Exception fault, string service);
    }
}

/// <summary>Registers background services that are begun again when they fall.</summary>
public static class SupervisedServiceExtensions
{
    /// <summary>Runs a service that is registered as a singleton.</summary>
    public static IServiceCollection AddSupervisedService<T>(this IServiceCollection services) where T : BackgroundService =>
        services.AddHostedService<SupervisedService<T>>();
}
