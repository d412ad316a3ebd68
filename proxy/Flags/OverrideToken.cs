using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Strangler.Proxy.Slices;

namespace Strangler.Proxy.Flags;

/// <summary>The side an override asks for.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<Side>))]
public enum Side
{
    Magento,
    Extracted,
}

/// <summary>A tester's choice of side, as a signed text for a header or a cookie.</summary>
/// <param name="Side">The side.</param>
/// <param name="Slice">The slice it holds for, or null for all.</param>
/// <param name="ExpiresAt">After this it is worth nothing.</param>
internal sealed record OverrideToken(Side Side, string? Slice, DateTimeOffset ExpiresAt)
{
    /// <summary>Request header and cookie that carry a token.</summary>
    public const string HeaderName = "X-Strangler-Override";
    public const string CookieName = "strangler_override";

    /// <summary>Text form: <c>v1.side.slice.expiry.signature</c>; <c>*</c> stands for all slices, the signature is HMAC-SHA256.</summary>
    public string Sign(ReadOnlySpan<byte> key)
    {
        var text = string.Create(CultureInfo.InvariantCulture,
            $"v1.{(Side == Side.Extracted ? "extracted" : "magento")}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(Slice ?? "*"))}.{ExpiresAt.ToUnixTimeSeconds()}");
        return $"{text}.{Signature(key, text)}";
    }

    /// <summary>The token, if the text is one of ours and has not expired; else null.</summary>
    public static OverrideToken? Verify(string? text, ReadOnlySpan<byte> key, DateTimeOffset now)
    {
        if (text is null || text.Split('.') is not ["v1", var side, var slice, var expiry, var signature])
        {
            return null;
        }

        var signed = text[..text.LastIndexOf('.')];
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(signature), Encoding.ASCII.GetBytes(Signature(key, signed)))
            || !long.TryParse(expiry, CultureInfo.InvariantCulture, out var seconds)
            || DateTimeOffset.FromUnixTimeSeconds(seconds) is var expiresAt && expiresAt <= now)
        {
            return null;
        }

        var name = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(slice));
        return new OverrideToken(side == "extracted" ? Side.Extracted : Side.Magento, name == "*" ? null : name, expiresAt);
    }

    private static string Signature(ReadOnlySpan<byte> key, string text) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
}
