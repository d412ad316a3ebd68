namespace Strangler.Catalog.Products;

/// <summary>Ways to authenticate that only Magento knows: signed requests of integrations, and its sessions.</summary>
internal static class OtherAuthentication
{
    /// <summary>Which of them a request uses; null for none.</summary>
    public static string? Reason(HttpRequest request)
    {
        if (request.Headers.Authorization.ToString().StartsWith("oauth", StringComparison.OrdinalIgnoreCase)
            || request.QueryString.Value?.Contains("oauth_", StringComparison.Ordinal) == true)
        {
            return "oauth";
        }

        var isScript = request.Headers.XRequestedWith == "XMLHttpRequest" && request.Cookies.ContainsKey("PHPSESSID");
        return isScript || request.Cookies.ContainsKey("admin") ? "session" : null;
    }
}
