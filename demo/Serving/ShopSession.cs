using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Strangler.Demo.Serving;

/// <summary>What the store remembers of one visitor. Requests of one visitor may race; the last write wins, as it does in a shop.</summary>
internal sealed class ShopSession(string id, string formKey)
{
    public string Id { get; } = id;

    public string FormKey { get; set; } = formKey;

    public int? CustomerId { get; set; }

    public string? CustomerName { get; set; }

    public int CustomerGroup { get; set; }

    public int? QuoteId { get; set; }

    public string? LastOrder { get; set; }

    public DateTimeOffset LastSeen { get; set; }

    /// <summary>Messages for the next page, oldest first.</summary>
    public ConcurrentQueue<(string Type, string Text)> Messages { get; } = new();
}

/// <summary>Sessions in memory: they end with the process, and an hour after the last request.</summary>
internal sealed class ShopSessions(TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);
    private const int SweepEvery = 256;
    private const string Alphabet = "0123456789abcdefghijklmnopqrstuv";
    private const string FormKeyAlphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    private readonly ConcurrentDictionary<string, ShopSession> _sessions = new();
    private int _started;

    public ShopSession? Find(string? id)
    {
        var now = time.GetUtcNow();
        if (id is null || !_sessions.TryGetValue(id, out var session) || now - session.LastSeen > Lifetime)
        {
            return null;
        }

        session.LastSeen = now;
        return session;
    }

    public ShopSession Start(string? formKey)
    {
        if (Interlocked.Increment(ref _started) % SweepEvery == 0)
        {
            Sweep();
        }

        var session = new ShopSession(RandomNumberGenerator.GetString(Alphabet, 26), formKey ?? NewFormKey()) { LastSeen = time.GetUtcNow() };
        _sessions[session.Id] = session;
        return session;
    }

    /// <summary>The same visitor under a new id, as after signing in or out.</summary>
    public ShopSession Regenerate(ShopSession old)
    {
        var session = Start(null);
        session.CustomerId = old.CustomerId;
        session.CustomerName = old.CustomerName;
        session.CustomerGroup = old.CustomerGroup;
        session.QuoteId = old.QuoteId;
        _sessions.TryRemove(old.Id, out _);
        return session;
    }

    private static string NewFormKey() => RandomNumberGenerator.GetString(FormKeyAlphabet, 16);

    private void Sweep()
    {
        var oldest = time.GetUtcNow() - Lifetime;
        foreach (var (id, session) in _sessions)
        {
            if (session.LastSeen < oldest)
            {
                _sessions.TryRemove(id, out _);
            }
        }
    }
}
