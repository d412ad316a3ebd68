namespace Strangler.Demo.Generation;

/// <summary>A CMS page of the demo.</summary>
internal sealed record CmsPage(int Id, string Identifier, string Title, string Heading, string Content);

/// <summary>The shop's own pages. The home page's products are not here: they come from the catalog.</summary>
internal static class CmsPages
{
    public static readonly CmsPage[] All =
    [
        new(1, "no-route", "404 Not Found", "That page has wandered off", "<p>The page you asked for is not here. Perhaps it moved, perhaps the link was mistyped.</p>"),
        new(2, "home", "Home Page", "", "<p>Gear for going out anyway.</p>"),
        new(3, "about-us", "About us", "A shop run by people who go outside",
            "<p>Strangler Outfitters began as a repair bench in a garage. We still mend more than we sell, and we only sell what can be mended.</p><p>Ten people, one workshop, and a van that smells of wax.</p>"),
        new(4, "shipping-and-returns", "Shipping and returns", "Shipping and returns",
            "<p>Orders placed before noon leave the same day. Flat rate, wherever you are. Send back what does not fit within sixty days.</p>"),
        new(5, "privacy-policy-cookie-restriction-mode", "Privacy Policy", "Privacy policy",
            "<p>This is a demonstration shop. It keeps what you type in its own database on this machine and sends nothing anywhere.</p>"),
    ];
}
