using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using MySqlConnector;

namespace Strangler.Chaos.Tests.Load;

/// <summary>One answer to a shopper.</summary>
internal sealed record Answer(HttpStatusCode? Status, string Side, long? Price, string? Fault);

/// <summary>
/// Shoppers who read products through both replicas, as a load balancer would send them, while the store changes prices all the time: half of them
/// guests, whose answers the facade keeps, half with a token, whose it does not. Every answer is judged: an error, or a price older than what was committed before the request, is a violation.
/// </summary>
internal sealed class SteadyLoad : IAsyncDisposable
{
    private const int Shoppers = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(15);
    private static readonly TimeSpan WriterPause = TimeSpan.FromMilliseconds(20);

    private readonly StackHost _stack;
    private readonly HttpClient _client;
    private readonly AuthenticationHeaderValue _token;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _violations = new();
    private readonly List<Task> _work = [];
    private long _answers;
    private long _extracted;
    private long _kept;
    private long _otherReplica;

    public SteadyLoad(StackHost stack, IReadOnlyList<StoreProduct> products)
    {
        _stack = stack;
        Products = products;
        _client = new HttpClient(new SocketsHttpHandler { UseCookies = false, PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5) }) { Timeout = TimeSpan.FromSeconds(20) };
        _client.DefaultRequestHeaders.Add("X-Strangler-Debug", "1");
        // One shop behind one name: what one replica keeps is right for the other.
        _client.DefaultRequestHeaders.Host = "shop.test";
        _token = new AuthenticationHeaderValue("Bearer", stack.IntegrationToken);
    }

    public IReadOnlyList<StoreProduct> Products { get; }

    /// <summary>What is wrong at present and would have been without a facade too; set by the one who injects the faults.</summary>
    public volatile Impairment Impaired = Impairment.None;

    public long Answers => Interlocked.Read(ref _answers);

    public long Extracted => Interlocked.Read(ref _extracted);

    /// <summary>How many of these came from what a facade had kept.</summary>
    public long Kept => Interlocked.Read(ref _kept);

    /// <summary>How often a replica was away and the other one answered, as behind any load balancer.</summary>
    public long OtherReplica => Interlocked.Read(ref _otherReplica);

    public void Start()
    {
        for (var shopper = 0; shopper < Shoppers; shopper++)
        {
            var number = shopper;
            _work.Add(Task.Run(() => ShopAsync(number)));
        }

        _work.Add(Task.Run(WriteAsync));
    }

    /// <summary>What went wrong since the last call.</summary>
    public IReadOnlyList<string> TakeViolations()
    {
        var taken = new List<string>();
        while (_violations.TryDequeue(out var violation))
        {
            taken.Add(violation);
        }

        return taken;
    }

    public async Task<Answer> AskAsync(StackHost.Facade facade, StoreProduct product, bool isGuest, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(facade.Storefront, $"rest/V1/products/{Uri.EscapeDataString(product.Sku)}"));
            request.Headers.Authorization = isGuest ? null : _token;
            using var response = await _client.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            var side = response.Headers.TryGetValues("X-Strangler-Side", out var values) ? values.First() : "";
            return response.StatusCode == HttpStatusCode.OK
                ? new Answer(response.StatusCode, side, (long)JsonDocument.Parse(body).RootElement.GetProperty("price").GetDecimal(), null)
                : new Answer(response.StatusCode, side, null, body);
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new Answer(null, "", null, fault.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_work).ContinueWith(static _ => { }, TaskScheduler.Default);
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task ShopAsync(int shopper)
    {
        var random = new Random(shopper);
        for (var turn = shopper; !_stop.IsCancellationRequested; turn++)
        {
            await Task.Delay(Pause, TimeProvider.System, _stop.Token);
            var before = Impaired;
            var product = Products[random.Next(Products.Count)];
            var committed = product.Committed;
            var answer = await AskEitherAsync(turn, product, isGuest: shopper % 2 == 0);
            Judge(product, committed, answer, before | Impaired);
        }
    }

    private async Task<Answer> AskEitherAsync(int turn, StoreProduct product, bool isGuest)
    {
        var facades = _stack.Facades;
        var answer = await AskAsync(facades[turn % facades.Count], product, isGuest, _stop.Token);
        if (answer.Status is null && Impaired.HasFlag(Impairment.Replica))
        {
            Interlocked.Increment(ref _otherReplica);
            answer = await AskAsync(facades[(turn + 1) % facades.Count], product, isGuest, _stop.Token);
        }

        return answer;
    }

    private void Judge(StoreProduct product, long committed, Answer answer, Impairment impaired)
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        Interlocked.Increment(ref _answers);
        if (answer.Side.StartsWith("extracted", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _extracted);
            if (answer.Side.EndsWith("cache=hit", StringComparison.Ordinal))
            {
                Interlocked.Increment(ref _kept);
            }
        }

        if (answer.Price is { } price)
        {
            if (price < committed || price > product.Tried)
            {
                _violations.Enqueue($"{product.Sku} cost {price} when {committed} was committed before and {product.Tried} was the newest ({answer.Side})");
            }
        }
        else if (!impaired.HasFlag(Impairment.Magento))
        {
            _violations.Enqueue($"{product.Sku}: {answer.Status} {answer.Side} {answer.Fault}");
        }
    }

    private async Task WriteAsync()
    {
        var random = new Random(99);
        await using var connection = new MySqlConnection(_stack.Database.ConnectionString("magento"));
        await connection.OpenAsync(_stop.Token);
        while (!_stop.IsCancellationRequested)
        {
            await StoreProducts.SetPriceAsync(connection, Products[random.Next(Products.Count)], _stop.Token);
            await Task.Delay(WriterPause, TimeProvider.System, _stop.Token);
        }
    }
}

/// <summary>What of the way to an answer is out of order, besides what the facade is there to bridge.</summary>
[Flags]
internal enum Impairment
{
    None = 0,

    /// <summary>Magento itself does not answer: what only Magento could answer may fail.</summary>
    Magento = 1,

    /// <summary>A replica of the facade is away: a load balancer would ask the other.</summary>
    Replica = 2,
}
