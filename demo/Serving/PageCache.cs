using System.Collections.Concurrent;

namespace Strangler.Demo.Serving;

/// <summary>A stored page: body, headers that belong to it, tags, and when it was stored.</summary>
internal sealed record CachedPage(byte[] Body, IReadOnlySet<string> Tags, DateTimeOffset StoredAt);

/// <summary>
/// The built-in full-page cache: whole pages by scheme, full URL and vary string. A page leaves when one of its tags is
/// cleaned, when it is a day old, or when the cache is full. Thread safe.
/// </summary>
internal sealed class PageCache(TimeProvider time)
{
    private const int Capacity = 2000;

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, CachedPage> _pages = new();

    public static string Key(HttpContext http, string? vary) => $"{http.Request.Scheme}|{http.Request.Host}|{http.Request.Path}{http.Request.QueryString}|{vary}";

    public CachedPage? Find(string key) => _pages.TryGetValue(key, out var page) && time.GetUtcNow() - page.StoredAt < Lifetime ? page : null;

    public CachedPage Store(string key, byte[] body, IEnumerable<string> tags)
    {
        if (_pages.Count >= Capacity)
        {
            _pages.Clear();
        }

        return _pages[key] = new CachedPage(body, tags.ToHashSet(), time.GetUtcNow());
    }

    public void Clean(params IEnumerable<string> tags)
    {
        var cleaned = tags.ToHashSet();
        foreach (var (key, page) in _pages)
        {
            if (page.Tags.Overlaps(cleaned))
            {
                _pages.TryRemove(key, out _);
            }
        }
    }
}
