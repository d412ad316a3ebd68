using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Strangler.Proxy.Tests.Hosts;

namespace Strangler.Proxy.Tests.WriteSwitch;

/// <summary>Shoppers who order without a pause, each order with its own number, at several facades. Remembers every answer.</summary>
internal sealed class Shoppers : IAsyncDisposable
{
    private readonly CancellationTokenSource _over = new();
    private readonly Task[] _shoppers;
    private int _orders;

    public Shoppers(int count, params FacadeUnderTest[] facades) =>
        _shoppers = [.. Enumerable.Range(0, count).Select(shopper => OrderAsync(facades[shopper % facades.Length]))];

    /// <summary>Orders that were answered 200.</summary>
    public ConcurrentQueue<string> Placed { get; } = new();

    /// <summary>Everything else that happened.</summary>
    public ConcurrentQueue<string> Failed { get; } = new();

    public Task MoreAsync(int orders, CancellationToken cancellationToken)
    {
        var goal = Placed.Count + orders;
        return Eventually.TrueAsync(() => Task.FromResult(Placed.Count >= goal || !Failed.IsEmpty), $"{orders} more orders are placed", cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await Task.WhenAll(_shoppers);
        _over.Dispose();
    }

    private async Task OrderAsync(FacadeUnderTest facade)
    {
        while (!_over.IsCancellationRequested)
        {
            var order = Interlocked.Increment(ref _orders).ToString(CultureInfo.InvariantCulture);
            try
            {
                var status = await SwitchStack.PostAsync(facade, order, CancellationToken.None);
                (status == HttpStatusCode.OK ? Placed : Failed).Enqueue(status == HttpStatusCode.OK ? order : $"{order}: {status}");
            }
            catch (HttpRequestException fault)
            {
                Failed.Enqueue($"{order}: {fault.Message}");
            }
        }
    }
}
