using System.ComponentModel.DataAnnotations;

namespace Strangler.Proxy.EdgeCache.Pages;

/// <summary>The section <c>EdgeCache:Pages</c>: keeping Magento's own pages in place of Varnish.</summary>
public sealed class PageOptions
{
    public const string SectionName = "EdgeCache:Pages";

    /// <summary>Off, requests go to Magento as if there were no store of pages. On, Magento's cache type must be "Varnish".</summary>
    public bool Enabled { get; set; }

    /// <summary>Addresses or networks that may purge: those of Magento's web and command line hosts.</summary>
    public IList<string> PurgeFrom { get; init; } = [];

    /// <summary>How long after its time a page is still served while a new one is fetched.</summary>
    [Range(0, 30 * 86_400)]
    public int GraceSeconds { get; set; } = 300;

    /// <summary>How long after its time a page is served when Magento cannot answer.</summary>
    [Range(0, 365 * 86_400)]
    public int StaleIfErrorSeconds { get; set; } = 3 * 86_400;

    /// <summary>How long Magento has for a fragment, and for a page that is fetched anew in the background.</summary>
    [Range(1, 3600)]
    public int FetchSeconds { get; set; } = 60;

    /// <summary>
    /// Query parameters that no page depends on; taken out of the target on its way to Magento. A star at the end stands for any ending. A list of one's own is added;
    /// see <see cref="KeepMarketingParameters"/> for the ones that are known.
    /// </summary>
    public IList<string> IgnoredParameters { get; init; } = [];

    /// <summary>Leaves the parameters of common campaigns (<c>utm_*</c>, <c>gclid</c> and the like) in the target.</summary>
    public bool KeepMarketingParameters { get; set; }

    /// <summary>Further request fields that pages depend on.</summary>
    public IList<string> VaryHeaders { get; init; } = [];

    /// <summary>The user agents of Magento's design exceptions, as regular expressions in their order: each has pages of its own.</summary>
    public IList<string> UserAgents { get; init; } = [];
}
