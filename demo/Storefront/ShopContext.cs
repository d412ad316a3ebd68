using System.Globalization;
using Strangler.Demo.Catalog;

namespace Strangler.Demo.Storefront;

/// <summary>What a page needs to know of the request it answers.</summary>
public sealed record ShopContext(HttpContext Http, StoreView Store, IReadOnlyList<StoreView> Views, Uri BaseUrl, IReadOnlyList<CategoryNode> Menu)
{
    private static readonly CultureInfo English = CultureInfo.InvariantCulture;

    public CancellationToken Cancelled => Http.RequestAborted;

    public bool IsGerman => Store.Locale == "de";

    /// <summary>An absolute address of this shop.</summary>
    public string Url(string path) => new Uri(BaseUrl, path).AbsoluteUri;

    public string Image(string? file, int size) =>
        Url(file is null or "no_selection" ? "static/placeholder.svg" : $"media/catalog/product/cache/{(size > 400 ? "1" : "2")}b8c5f6ce34ab4da9d3a233cc56caf0/{file.TrimStart('/')}");

    /// <summary>A base-currency amount as this view shows it.</summary>
    public string Price(decimal amount) => Show(Math.Round(amount * Store.Rate, 2, MidpointRounding.AwayFromZero));

    /// <summary>An amount that is in the view's currency already.</summary>
    public string Show(decimal amount) => Store.Currency == "EUR"
        ? amount.ToString("#,0.00", English).Replace(',', ' ').Replace('.', ',').Replace(' ', '.') + " €"
        : "$" + amount.ToString("#,0.00", English);

    /// <summary>The shop's few words of interface in both languages.</summary>
    public string Say(string english, string german) => IsGerman ? german : english;
}

/// <summary>A category of the menu with its children.</summary>
public sealed record CategoryNode(int Id, int ParentId, string Name, string Url, int Level, int Position, IReadOnlyList<CategoryNode> Children);
