using Microsoft.Extensions.Primitives;
using Strangler.Proxy.EdgeCache.Changes;
using Strangler.Proxy.EdgeCache.Pages;

namespace Strangler.Proxy.EdgeCache;

/// <summary>An answer that is kept, ready to be sent. Everything but its fate is immutable.</summary>
internal sealed class CachedAnswer
{
    private const int FieldBytes = 100;
    private volatile bool _isDropped;

    public required CacheKey Key { get; init; }

    /// <summary>The fields as they go out, in their order.</summary>
    public required KeyValuePair<string, StringValues>[] Fields { get; init; }

    public required ReadOnlyMemory<byte> Body { get; init; }

    public int Status { get; init; } = StatusCodes.Status200OK;

    /// <summary>What its service is known to have; null for an answer of Magento's own.</summary>
    public ServiceProof? Proof { get; init; }

    /// <summary>What it was made of.</summary>
    public required IReadOnlyList<ChangedKey> Tags { get; init; }

    /// <summary>The kinds of changes that may concern it; null for all.</summary>
    public IReadOnlyList<string>? Entities { get; init; }

    /// <summary>Timestamp of its coming.</summary>
    public required long StoredAt { get; init; }

    /// <summary>Timestamp from which on it serves in need only.</summary>
    public required long ExpiresAt { get; init; }

    /// <summary>Timestamp from which on it serves no more.</summary>
    public required long GoneAt { get; init; }

    /// <summary>Seconds it had been under way already when it came.</summary>
    public int InitialAge { get; init; }

    public string? ETag { get; init; }

    public DateTimeOffset? LastModified { get; init; }

    /// <summary>Something it was made of has changed, or it had to make room. Never becomes false again.</summary>
    public bool IsDropped => _isDropped;

    /// <summary>Asked for since its place was last looked at.</summary>
    public bool IsUsed { get; set; }

    /// <summary>Whose changes may concern it; set by the store, as its place there.</summary>
    public string Service { get; set; } = "";

    public LinkedListNode<CachedAnswer>? Place { get; set; }

    /// <summary>More of a page of Magento's own; null for an answer of a service.</summary>
    public PageContent? Page { get; init; }

    /// <summary>Memory that it has taken since it was kept; set by the store.</summary>
    public int MoreBytes { get; set; }

    public int Size => Body.Length + Key.Size + (Fields.Length * FieldBytes) + (Tags.Count * FieldBytes) + MoreBytes;

    public void Drop() => _isDropped = true;
}
