using System.Collections.Frozen;
using Strangler.Proxy.EdgeCache.Pages.Esi;

namespace Strangler.Proxy.EdgeCache.Pages;

/// <summary>What a kept answer of Magento's has beyond that of a service.</summary>
internal sealed class PageContent
{
    private static readonly FrozenSet<string> Compressible = new[]
    {
        "application/json", "application/javascript", "application/xml", "application/xhtml+xml", "application/rss+xml", "application/atom+xml", "application/ld+json",
        "application/manifest+json", "image/svg+xml",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private volatile AssembledPage? _assembled;

    /// <summary>The places of fragments.</summary>
    public required EsiTag[] Tags { get; init; }

    public required bool IsCompressible { get; init; }

    /// <summary>Magento runs in developer mode, and wants to be told what became of the page.</summary>
    public required bool IsDebug { get; init; }

    /// <summary>Timestamp up to which the page is served past its time while a new one is fetched.</summary>
    public required long GraceUntil { get; init; }

    /// <summary>The page as it last went out, with the fragments it had then.</summary>
    public AssembledPage? Assembled { get => _assembled; set => _assembled = value; }

    /// <summary>Whether fragments are looked for: in pages only.</summary>
    public static bool MayHoldTags(string? contentType) => TypeOf(contentType).Equals("text/html", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it becomes smaller when compressed.</summary>
    public static bool IsText(string? contentType) =>
        TypeOf(contentType) is var type && (type.StartsWith("text/", StringComparison.OrdinalIgnoreCase) || Compressible.Contains(type.ToString()));

    private static ReadOnlySpan<char> TypeOf(string? contentType)
    {
        var type = contentType.AsSpan();
        return (type.IndexOf(';') is >= 0 and var end ? type[..end] : type).Trim();
    }
}
