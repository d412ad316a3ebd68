namespace Strangler.WebApi.Stores;

/// <summary>A store view as the <c>store</c> table has it. Id 0 is the admin scope.</summary>
public sealed record StoreView(int Id, string Code, int WebsiteId, int GroupId, bool IsActive)
{
    /// <summary>The id of the admin scope, which <c>/rest/all</c> speaks of.</summary>
    public const int AdminId = 0;
}
