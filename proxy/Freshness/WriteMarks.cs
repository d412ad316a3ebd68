using System.Security.Cryptography;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Freshness;

/// <summary>
/// Who has written through the facade, and when, so that they see it. A browser carries a random word of its last write in a cookie; a replica that
/// sees the word for the first time takes the write for just done, so no clocks are compared. Who keeps no cookies is known by cohort key, which
/// only this replica remembers: with several replicas such visitors count as just having written.
/// </summary>
internal sealed class WriteMarks(StageFollower replicas, TimeProvider time)
{
    public const string CookieName = "strangler_written";
    private const int WordBytes = 16;
    private const int Remembered = 100_000;
    private static readonly TimeSpan CookieLifetime = TimeSpan.FromDays(1);

    private readonly Lock _lock = new();
    private Dictionary<string, long> _young = new(StringComparer.Ordinal);
    private Dictionary<string, long> _old = new(StringComparer.Ordinal);

    /// <summary>Notes the visitor's write as done now, and gives a browser its word. Called before the answer's first byte goes out.</summary>
    public void Mark(HttpContext context)
    {
        var now = time.GetTimestamp();
        Remember(CohortKey.Of(context), now);
        var word = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(WordBytes));
        Remember(word, now);
        context.Response.Cookies.Append(CookieName, word, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = context.Request.IsHttps,
            Path = "/",
            MaxAge = CookieLifetime,
        });
    }

    /// <summary>Timestamp of the visitor's last write, as far as it may matter; null when they have written nothing.</summary>
    public long? LastOf(HttpContext context)
    {
        if (context.Request.Headers.Cookie.Count == 0)
        {
            return replicas.Replicas.Count > 1 ? time.GetTimestamp() : Find(CohortKey.Of(context));
        }

        var word = context.Request.Cookies[CookieName];
        return string.IsNullOrEmpty(word) || word.Length > 2 * WordBytes ? Find(CohortKey.Of(context)) : Find(word) ?? Remember(word, time.GetTimestamp());
    }

    private long? Find(string key)
    {
        lock (_lock)
        {
            return _young.TryGetValue(key, out var at) || _old.TryGetValue(key, out at) ? at : null;
        }
    }

    // Two generations: what was not seen for long is forgotten without looking at each. Forgetting a word only means one more wait.
    private long Remember(string key, long at)
    {
        lock (_lock)
        {
            if (_young.Count >= Remembered)
            {
                (_old, _young) = (_young, new Dictionary<string, long>(StringComparer.Ordinal));
            }

            _young[key] = at;
            return at;
        }
    }
}
