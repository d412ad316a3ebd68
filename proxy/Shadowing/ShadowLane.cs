namespace Strangler.Proxy.Shadowing;

/// <summary>The room that one slice's copies have: so many under way, so many waiting. Nothing ever waits to get in.</summary>
internal sealed class ShadowLane(ShadowConfig config) : IDisposable
{
    private readonly SemaphoreSlim _underWay = new(config.MaxConcurrency, config.MaxConcurrency);
    private int _inside;

    public ShadowConfig Config { get; } = config;

    /// <summary>Takes a place; false when there is none.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _inside) <= Config.MaxQueue + Config.MaxConcurrency)
        {
            return true;
        }

        Interlocked.Decrement(ref _inside);
        return false;
    }

    /// <summary>Gives back a place that was not used.</summary>
    public void Leave() => Interlocked.Decrement(ref _inside);

    /// <summary>Does the work when it is its turn, and gives the place back.</summary>
    public async Task RunAsync(Func<Task> work)
    {
        await _underWay.WaitAsync();
        try
        {
            await work();
        }
        finally
        {
            _underWay.Release();
            Leave();
        }
    }

    public void Dispose() => _underWay.Dispose();
}
