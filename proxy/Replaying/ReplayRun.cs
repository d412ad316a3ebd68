using Strangler.Proxy.Decisions;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Shadowing;
using Strangler.Proxy.Slices;
using Strangler.Proxy.Telemetry;

namespace Strangler.Proxy.Replaying;

/// <summary>How a log's requests are asked again.</summary>
/// <param name="Slices">Only requests of these; of any slice when empty.</param>
/// <param name="Magento">In place of the facade's Magento.</param>
/// <param name="Service">In place of the slice's service.</param>
/// <param name="StoreUrl">Scheme and host that the requests are asked for, in place of those of the log.</param>
/// <param name="Methods">Methods that are asked.</param>
/// <param name="Counts">Whether the slices' own evidence takes the findings.</param>
/// <param name="Concurrency">Requests under way at once.</param>
internal sealed record ReplaySettings(
    IReadOnlySet<string> Slices, Uri? Magento, Uri? Service, Uri? StoreUrl, IReadOnlySet<string> Methods, bool Counts, int Concurrency);

/// <summary>A log that is being asked again, a few requests at a time. Kept by the replica that began it.</summary>
internal sealed partial class ReplayRun(string id, ReplaySettings settings, ReplayFindings findings, Comparison comparison, SideClient sides, RoutingStore routing, ILogger logger) : IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly SemaphoreSlim _underWay = new(settings.Concurrency, settings.Concurrency);
    private readonly HashSet<string> _slices = new(StringComparer.Ordinal);
    private long _requests;
    private long _asked;
    private long _ofNoSlice;
    private long _unsafe;
    private long _pending;

    public const int MaximumPending = 2000;

    public string Id { get; } = id;

    /// <summary>When it was last heard of.</summary>
    public long TouchedAt { get; set; }

    /// <summary>Asks both sides each of the requests when it is its turn, and compares. Returns at once; false when too many wait already.</summary>
    public bool TryAsk(IReadOnlyList<ReplayRequest> requests)
    {
        if (Interlocked.Add(ref _pending, requests.Count) > MaximumPending)
        {
            Interlocked.Add(ref _pending, -requests.Count);
            return false;
        }

        foreach (var request in requests)
        {
            _ = Task.Run(() => AskAsync(request), CancellationToken.None);
        }

        return true;
    }

    public ReplayView View(int groups)
    {
        List<string> slices;
        lock (_slices)
        {
            slices = [.. _slices.Order(StringComparer.Ordinal)];
        }

        return new ReplayView(
            Id, Interlocked.Read(ref _requests), Interlocked.Read(ref _pending), Interlocked.Read(ref _asked), Interlocked.Read(ref _ofNoSlice), Interlocked.Read(ref _unsafe), findings.Declined,
            [.. slices.Select(slice => findings.View(slice, groups))]);
    }

    /// <summary>Those that still wait are not asked any more.</summary>
    public void End() => _ended.Cancel();

    public void Dispose()
    {
        _ended.Dispose();
        _underWay.Dispose();
    }

    private async Task AskAsync(ReplayRequest request)
    {
        try
        {
            if (SliceOf(request) is { } slice)
            {
                await AskAsync(request, slice);
            }
        }
        catch (OperationCanceledException)
        {
            // Ended while it waited.
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }

    private Slice? SliceOf(ReplayRequest request)
    {
        Interlocked.Increment(ref _requests);
        if (!settings.Methods.Contains(request.Method))
        {
            Interlocked.Increment(ref _unsafe);
            return null;
        }

        if (routing.Current.Match(request.Method, request.Target)?.Slice is { } slice && (settings.Slices.Count == 0 || settings.Slices.Contains(slice.Id)))
        {
            return slice;
        }

        Interlocked.Increment(ref _ofNoSlice);
        return null;
    }

    private async Task AskAsync(ReplayRequest request, Slice slice)
    {
        await _underWay.WaitAsync(_ended.Token);
        try
        {
            lock (_slices)
            {
                _slices.Add(slice.Id);
            }

            Interlocked.Increment(ref _asked);
            await CompareAsync(slice, QuestionOf(request, slice));
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            findings.Uncomparable(slice.Id);
            Log.Failed(logger, fault, slice.Id);
        }
        finally
        {
            _underWay.Release();
        }
    }

    private async Task CompareAsync(Slice slice, ShadowRequest question)
    {
        var own = sides.AddressesOf(slice);
        var addresses = new SideAddresses(settings.Magento ?? own.Magento, settings.Service ?? own.Service);
        if (await comparison.AskAsync(slice, Side.Magento, question, addresses, findings) is { } magento)
        {
            await comparison.CompareAsync(new ShadowJob(slice, question, Side.Magento, magento), addresses, findings);
        }
        else
        {
            findings.Uncomparable(slice.Id);
        }
    }

    private ShadowRequest QuestionOf(ReplayRequest request, Slice slice)
    {
        var fields = new List<(string Name, string Value)>();
        foreach (var (name, value) in request.Headers ?? new Dictionary<string, string>())
        {
            if (ShadowRequest.Belongs(name) && !name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                fields.Add((name, value));
            }
        }

        // Both sides must take themselves for the same shop.
        var shop = settings.StoreUrl ?? settings.Magento ?? sides.AddressesOf(slice).Magento;
        var host = settings.StoreUrl is null && request.Headers?.FirstOrDefault(field => field.Key.Equals("Host", StringComparison.OrdinalIgnoreCase)).Value is { Length: > 0 } named
            ? named
            : shop.Authority;
        fields.Add(("Host", host));
        fields.Add(("X-Forwarded-Proto", shop.Scheme));
        fields.Add(("X-Forwarded-Host", host));
        fields.Add((ShadowRequest.MarkHeader, "1"));
        return new ShadowRequest(request.Method, request.Target, fields, null);
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.ReplayFailed, LogLevel.Warning, "A replayed request of {SliceId} could not be compared")]
        public static partial void Failed(ILogger logger, Exception fault, string sliceId);
    }
}
