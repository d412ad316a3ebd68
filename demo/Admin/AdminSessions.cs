using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Strangler.Demo.Admin;

/// <summary>A signed-in administrator, or the login form before it. In memory; it ends with the process or after a quarter of an hour without use.</summary>
internal sealed class AdminSession(string id)
{
    public string Id { get; } = id;

    public string FormKey { get; } = RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 16);

    public string? User { get; set; }

    public string? Success { get; set; }

    public string? Error { get; set; }

    public DateTimeOffset LastSeen { get; set; }
}

/// <summary>The sessions behind the <c>admin</c> cookie.</summary>
internal sealed class AdminSessions(TimeProvider time)
{
    private const string Cookie = "admin";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, AdminSession> _sessions = new();

    public AdminSession Get(HttpContext http)
    {
        var now = time.GetUtcNow();
        if (http.Request.Cookies[Cookie] is { } id && _sessions.TryGetValue(id, out var session) && now - session.LastSeen < Lifetime)
        {
            session.LastSeen = now;
            return session;
        }

        return Start(http, null);
    }

    /// <summary>A new session under a new id, so that one known before signing in is worth nothing after it.</summary>
    public AdminSession Start(HttpContext http, string? user)
    {
        var oldest = time.GetUtcNow() - Lifetime;
        foreach (var (id, old) in _sessions)
        {
            if (old.LastSeen < oldest)
            {
                _sessions.TryRemove(id, out _);
            }
        }

        var session = new AdminSession(RandomNumberGenerator.GetString("0123456789abcdefghijklmnopqrstuv", 26)) { User = user, LastSeen = time.GetUtcNow() };
        _sessions[session.Id] = session;
        Serving.SessionCookies.SendAdmin(http, session.Id);
        return session;
    }

    public void End(AdminSession session) => _sessions.TryRemove(session.Id, out _);
}
