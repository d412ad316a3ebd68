using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Strangler.Proxy.Flags;

namespace Strangler.Proxy.Rehearsing;

/// <summary>Marks the requests of a rehearsal: a signed header, so that nobody else can join one.</summary>
internal sealed class RehearsalMark(OverrideKey key, TimeProvider time)
{
    public const string HeaderName = "X-Strangler-Rehearsal";

    /// <summary>A mark for one slice that is worth something for a while.</summary>
    public string Make(string slice, TimeSpan lifetime)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{slice}!{(time.GetUtcNow() + lifetime).ToUnixTimeSeconds()}");
        return $"{text}!{Sign(text)}";
    }

    public bool IsOn(HttpContext context, string slice) =>
        context.Request.Headers[HeaderName] is [{ Length: > 0 } mark]
        && mark.Split('!') is [var named, var expires, var signature]
        && named == slice
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(signature), Encoding.ASCII.GetBytes(Sign($"{named}!{expires}")))
        && long.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds > time.GetUtcNow().ToUnixTimeSeconds();

    private string Sign(string text) => Base64Url.EncodeToString(HMACSHA256.HashData(key.Key, Encoding.UTF8.GetBytes($"rehearsal\n{text}")));
}
