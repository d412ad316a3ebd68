using System.Security.Cryptography;
using System.Text;

namespace Strangler.Proxy.Flags;

/// <summary>
/// Reads the customer group out of Magento's <c>X-Magento-Vary</c> cookie by computing what Magento would have set: SHA-256 over the JSON of the
/// non-default context, a pipe and the crypt key (<c>Magento\Framework\App\Http\Context::getVaryString</c>). Without the key nobody can forge it.
/// </summary>
/// <param name="cryptKey">Magento's deployment setting <c>crypt/key</c>, whole.</param>
/// <param name="currencies">Display currencies other than the default store's that visitors may have chosen.</param>
internal sealed class MagentoVary(string cryptKey, IReadOnlyList<string> currencies)
{
    public const string CookieName = "X-Magento-Vary";

    /// <summary>Whether the cookie says: logged in, in this group.</summary>
    /// <param name="cookie">64 hex digits.</param>
    /// <param name="group">The group's id.</param>
    /// <param name="storeView">The store view the visitor is on.</param>
    public bool IsGroup(string cookie, string group, string storeView) =>
        currencies.Prepend(null).Any(currency =>
            Is(cookie, currency, group, null) || (storeView != "default" && Is(cookie, currency, group, storeView)));

    private bool Is(string cookie, string? currency, string group, string? storeView)
    {
        var json = new StringBuilder("{");
        if (currency is not null)
        {
            json.Append("\"current_currency\":\"").Append(currency).Append("\",");
        }

        json.Append("\"customer_group\":\"").Append(group).Append("\",\"customer_logged_in\":true");
        if (storeView is not null)
        {
            json.Append(",\"store\":\"").Append(storeView).Append('"');
        }

        json.Append("}|").Append(cryptKey);
        var expected = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(json.ToString())));
        return string.Equals(expected, cookie, StringComparison.OrdinalIgnoreCase);
    }
}
