using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using StackExchange.Redis;
using Strangler.Proxy.EdgeCache.Changes;
using Strangler.Proxy.EdgeCache.Purging;
using Strangler.Proxy.Slices;
using Strangler.Proxy.Telemetry;
using EventId = Strangler.Proxy.EdgeCache.Changes.EventId;

namespace Strangler.Proxy.EdgeCache.Shared;

/// <summary>
/// The second level: answers that one replica has kept, for the others, in Redis. Redis is believed for the bytes only. Whether an answer is still right this replica
/// knows by itself, from the changes it has heard since the answer's stamp; so whatever Redis forgets, restores or brings late can never be served as fresh.
/// Without Redis each replica keeps its own.
/// </summary>
internal sealed partial class SharedAnswers(
    IOptions<EdgeCacheOptions> options, AnswerStore answers, ChangeFeed feed, PurgeFollower purges, TimeProvider time, ILogger<SharedAnswers> logger) : IHostedService, IAsyncDisposable
{
    // One that did not answer in time is left alone so long: not every request that misses is to wait for it, nor answers to pile up before it.
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly EdgeCacheOptions _options = options.Value;
    private ConnectionMultiplexer? _redis;
    private int _isAway;
    private long _restsUntil;

    public bool IsUsed => !string.IsNullOrEmpty(_options.Redis);

    /// <summary>Why it is not there, or null.</summary>
    public string? Fault => !IsUsed || _redis?.IsConnected == true ? null : "Redis does not answer";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (IsUsed)
        {
            var configuration = ConfigurationOptions.Parse(_options.Redis!);
            // Whether it is there or not, the facade starts, and asks again by itself.
            configuration.AbortOnConnectFail = false;
            configuration.BacklogPolicy = BacklogPolicy.FailFast;
            configuration.ConnectTimeout = Math.Min(configuration.ConnectTimeout, 1000);
            _redis = await ConnectionMultiplexer.ConnectAsync(configuration);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_redis is not null)
        {
            await _redis.DisposeAsync();
        }
    }

    /// <summary>Takes what another replica has kept over into this one's store, if nothing that concerns it has changed since.</summary>
    public async ValueTask TakeAsync(Slice slice, CacheKey key)
    {
        // Before the name: what is thrown away by hand from here on is not taken over either.
        var before = answers.Changes;
        if (_redis is not { IsConnected: true } redis || time.GetTimestamp() < Volatile.Read(ref _restsUntil) || NameOf(slice, key) is not { } name)
        {
            return;
        }

        try
        {
            var found = await redis.GetDatabase().StringGetWithExpiryAsync(name).WaitAsync(TimeSpan.FromMilliseconds(_options.RedisMilliseconds), time);
            Back();
            if (!found.Value.IsNull && found.Expiry is { } left && AnswerCodec.Read(found.Value!) is { } shared && EventId.Parse(shared.Stamp) is { } stamp
                && feed.ChangesAt(stamp) is { } changes)
            {
                answers.TryAdd(slice.Config.Service, Make(slice, key, shared, left), Math.Min(changes, before));
            }
        }
        catch (Exception fault) when (fault is RedisException or TimeoutException)
        {
            Away(fault);
        }
    }

    /// <summary>
    /// The name of an answer in Redis; null when it is not for the others: what belongs to one token stays in this process. Whatever was asked for before the last order
    /// to throw away has another name.
    /// </summary>
    public string? NameOf(Slice slice, in CacheKey key) => IsUsed && slice.Config.Cache is { PerToken: false } config && purges.Generation is { } generation
        ? AnswerCodec.NameOf(_options.RedisPrefix, generation, slice.Config.Service, config, key)
        : null;

    /// <summary>Gives an answer that this replica has kept to the others.</summary>
    /// <param name="name">Its name, from before it was asked for.</param>
    /// <param name="config">How long it lives.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="stamp">The last event heard before it was kept.</param>
    public void Give(string? name, CacheConfig config, CachedAnswer answer, EventId? stamp)
    {
        if (name is not null && stamp is { } seen && _redis is { IsConnected: true } redis && Volatile.Read(ref _isAway) == 0)
        {
            var bytes = AnswerCodec.Write(new SharedAnswer(seen.ToString(), answer.InitialAge, answer.Fields, answer.Tags, answer.Body));
            redis.GetDatabase().StringSet(name, bytes, TimeSpan.FromSeconds(config.Seconds + config.GraceSeconds), flags: CommandFlags.FireAndForget);
        }
    }

    private CachedAnswer Make(Slice slice, in CacheKey key, SharedAnswer shared, TimeSpan left)
    {
        var config = slice.Config.Cache!;
        var now = time.GetTimestamp();
        // By Redis's clock alone: how much of its time is over.
        var age = Math.Max(0, config.Seconds + config.GraceSeconds - left.TotalSeconds);
        return new CachedAnswer
        {
            Key = key.ToKept(),
            Fields = shared.Fields,
            Body = shared.Body,
            Proof = feed.Of(slice.Config.Service),
            Tags = shared.Tags,
            Entities = config.Entities,
            StoredAt = now,
            ExpiresAt = now + Ticks(config.Seconds - age),
            GoneAt = now + Ticks(left.TotalSeconds),
            InitialAge = shared.InitialAge + (int)age,
            ETag = Field(shared, "ETag"),
            LastModified = HeaderUtilities.TryParseDate(Field(shared, "Last-Modified"), out var modified) ? modified : null,
        };
    }

    private long Ticks(double seconds) => (long)(seconds * time.TimestampFrequency);

    private static string? Field(SharedAnswer answer, string name) =>
        answer.Fields.FirstOrDefault(field => string.Equals(field.Key, name, StringComparison.OrdinalIgnoreCase)) is { Value.Count: > 0 } found ? found.Value.ToString() : null;

    private void Away(Exception fault)
    {
        Volatile.Write(ref _restsUntil, time.GetTimestamp() + Ticks(Rest.TotalSeconds));
        if (Interlocked.Exchange(ref _isAway, 1) == 0)
        {
            Log.Away(logger, fault.Message);
        }
    }

    private void Back()
    {
        if (Volatile.Read(ref _isAway) == 1 && Interlocked.Exchange(ref _isAway, 0) == 1)
        {
            Log.Back(logger);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.RedisAway, LogLevel.Warning, "Redis does not answer ({Fault}); each replica keeps its own answers")]
        public static partial void Away(ILogger logger, string fault);

        [LoggerMessage(EventIds.RedisBack, LogLevel.Information, "Redis answers again")]
        public static partial void Back(ILogger logger);
    }
}
