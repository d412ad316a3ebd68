using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Strangler.Demo.Catalog;

namespace Strangler.Demo.Serving;

/// <summary>Reads and writes Magento's cookies, in the form in which PHP sends them.</summary>
internal sealed class SessionCookies(ShopSessions sessions, IOptions<DemoOptions> options, TimeProvider time)
{
    private const string SessionName = "PHPSESSID";
    private const string SessionItem = "demo.session";
    private const int Hour = 3600;
    private const int Year = 31_536_000;

    private static readonly string CookieDate = "ddd, dd MMM yyyy HH:mm:ss 'GMT'";

    /// <summary>The visitor's session, started when there is none; its cookie goes out with <see cref="RenewSession"/>.</summary>
    public ShopSession Session(HttpContext http)
    {
        if (http.Items[SessionItem] is ShopSession known)
        {
            return known;
        }

        // Cached pages get their key from a script, so the cookie's key is the one that the session takes over.
        var formKey = http.Request.Cookies["form_key"] is { Length: 16 } sent && sent.All(char.IsAsciiLetterOrDigit) ? sent : null;
        var session = sessions.Find(http.Request.Cookies[SessionName]) ?? sessions.Start(formKey);
        session.FormKey = formKey ?? session.FormKey;
        http.Items[SessionItem] = session;
        return session;
    }

    public ShopSession? ExistingSession(HttpContext http) => http.Items[SessionItem] as ShopSession ?? sessions.Find(http.Request.Cookies[SessionName]);

    public ShopSession Regenerate(HttpContext http)
    {
        var session = sessions.Regenerate(Session(http));
        http.Items[SessionItem] = session;
        return session;
    }

    public void RenewSession(HttpContext http) => Append(http, SessionName, Session(http).Id, Hour, domain: true, httpOnly: true);

    public void SendFormKey(HttpContext http) => Append(http, "form_key", Session(http).FormKey, Hour, domain: true);

    public void SendVary(HttpContext http, string vary) => Append(http, "X-Magento-Vary", vary, Hour, httpOnly: true);

    public void SendPrivateVersion(HttpContext http) =>
        Append(http, "private_content_version", Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), 10 * Year);

    public void SendStore(HttpContext http, string code)
    {
        Append(http, "store", code, Year);
        Append(http, "section_data_clean", code, 15);
    }

    public void SendMessages(HttpContext http, string json) => Append(http, "mage-messages", Uri.EscapeDataString(json), Year);

    public static void Delete(HttpContext http, string name, bool domain = false, bool httpOnly = false) =>
        Write(http, $"{name}=deleted; expires=Thu, 01 Jan 1970 00:00:01 GMT; Max-Age=0; path=/{Domain(http, domain)}{(httpOnly ? "; HttpOnly" : "")}; SameSite=Lax");

    public static void SendAdmin(HttpContext http, string id) =>
        Write(http, $"admin={id}; path=/admin{Domain(http, true)}; HttpOnly; SameSite=Lax");

    /// <summary>
    /// The vary string: what of the visitor's context differs from the defaults, hashed with the crypt key. Null when nothing does.
    /// </summary>
    public string? Vary(StoreView store, StoreView defaultStore, ShopSession? session)
    {
        var context = new List<string>();
        if (store.Currency != defaultStore.Currency)
        {
            context.Add($"\"current_currency\":\"{store.Currency}\"");
        }

        if (session is { CustomerId: not null })
        {
            context.Add($"\"customer_group\":\"{session.CustomerGroup}\"");
            context.Add("\"customer_logged_in\":true");
        }

        if (store.Id != defaultStore.Id)
        {
            context.Add($"\"store\":\"{store.Code}\"");
        }

        return context.Count == 0
            ? null
            : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{{{string.Join(',', context)}}}|{options.Value.CryptKey}")));
    }

    private void Append(HttpContext http, string name, string value, int maxAge, bool domain = false, bool httpOnly = false)
    {
        var expires = time.GetUtcNow().AddSeconds(maxAge).ToString(CookieDate, CultureInfo.InvariantCulture);
        Write(http, $"{name}={value}; expires={expires}; Max-Age={maxAge}; path=/{Domain(http, domain)}{(httpOnly ? "; HttpOnly" : "")}; SameSite=Lax");
    }

    private static void Write(HttpContext http, string cookie) =>
        http.Response.Headers.Append("Set-Cookie", IsSecure(http) ? cookie.Replace("; SameSite", "; secure; SameSite", StringComparison.Ordinal) : cookie);

    // A browser refuses a domain without a dot; such a host gets a host-only cookie.
    private static string Domain(HttpContext http, bool wanted) => wanted && http.Request.Host.Host.Contains('.') ? $"; domain={http.Request.Host.Host}" : "";

    private static bool IsSecure(HttpContext http) => http.Request.IsHttps || http.Request.Headers["X-Forwarded-Proto"] == "https";
}
