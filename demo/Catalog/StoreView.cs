namespace Strangler.Demo.Catalog;

/// <summary>A store view with what hangs on it. Id 0 is the admin scope: values without any store's own.</summary>
public sealed record StoreView(int Id, string Code, string Name, int WebsiteId, string WebsiteCode, int GroupId, int RootCategoryId, bool IsActive, string Currency, decimal Rate)
{
    public const int AdminId = 0;

    public string Locale => Currency == "EUR" ? "de" : "en";
}
