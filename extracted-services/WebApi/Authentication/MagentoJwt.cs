using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Strangler.WebApi.Authentication;

/// <summary>What a token says: whose it is and from when to when (Unix seconds).</summary>
public sealed record JwtClaims(UserType UserType, int UserId, long IssuedAt, long ExpiresAt);

/// <summary>
/// Magento's tokens for customers and administrators: JWS in compact form, keyed by the store's crypt key, which is padded on both
/// sides to 2048 bytes. Immutable, thread safe.
/// </summary>
public sealed class MagentoJwt
{
    private const int KeyLength = 2048;
    private const byte Padding = (byte)'&';

    private readonly byte[] _key;
    private readonly string _algorithm;

    /// <param name="cryptKey">The store's crypt keys, separated by white space; the last one counts.</param>
    /// <param name="algorithm">HS256, HS384 or HS512.</param>
    public MagentoJwt(string cryptKey, string algorithm = "HS256")
    {
        var keys = cryptKey.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (keys.Length == 0)
        {
            throw new ArgumentException("There is no crypt key.", nameof(cryptKey));
        }

        if (algorithm is not ("HS256" or "HS384" or "HS512"))
        {
            throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, "Only keyed hashes are supported.");
        }

        _key = PadKey(keys[^1]);
        _algorithm = algorithm;
    }

    /// <summary>The key as the hash gets it; of an odd padding the right side has the extra byte.</summary>
    public static byte[] PadKey(string cryptKey)
    {
        var key = Encoding.UTF8.GetBytes(cryptKey);
        if (key.Length >= KeyLength)
        {
            return key;
        }

        var padded = new byte[KeyLength];
        padded.AsSpan().Fill(Padding);
        key.CopyTo(padded, (KeyLength - key.Length) / 2);
        return padded;
    }

    /// <summary>Makes a token.</summary>
    public string Issue(JwtClaims claims)
    {
        var header = Base64Url.EncodeToString(Encoding.ASCII.GetBytes($$"""{"kid":"1","alg":"{{_algorithm}}"}"""));
        var payload = Base64Url.EncodeToString(Encoding.ASCII.GetBytes(
            $$"""{"uid":{{claims.UserId}},"utypid":{{(int)claims.UserType}},"iat":{{claims.IssuedAt}},"exp":{{claims.ExpiresAt}}}"""));
        return $"{header}.{payload}.{Base64Url.EncodeToString(Sign($"{header}.{payload}"))}";
    }

    /// <summary>The claims of a token with a true signature; null for any other text. Whether it has expired or was revoked is not asked.</summary>
    public JwtClaims? Verify(string token)
    {
        var lastDot = token.LastIndexOf('.');
        if (lastDot < 0 || token.Count(character => character == '.') != 2)
        {
            return null;
        }

        try
        {
            var signature = Base64Url.DecodeFromChars(token.AsSpan(lastDot + 1));
            if (!CryptographicOperations.FixedTimeEquals(signature, Sign(token[..lastDot])))
            {
                return null;
            }

            var firstDot = token.IndexOf('.', StringComparison.Ordinal);
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(token.AsSpan(0, firstDot)));
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(token.AsSpan(firstDot + 1, lastDot - firstDot - 1)));
            return header.RootElement.GetProperty("alg").GetString() == _algorithm ? Claims(payload.RootElement) : null;
        }
        catch (Exception fault) when (fault is FormatException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static JwtClaims Claims(JsonElement payload) => new(
        (UserType)payload.GetProperty("utypid").GetInt32(),
        payload.GetProperty("uid").GetInt32(),
        payload.GetProperty("iat").GetInt64(),
        payload.GetProperty("exp").GetInt64());

    private byte[] Sign(string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        return _algorithm switch
        {
            "HS384" => HMACSHA384.HashData(_key, bytes),
            "HS512" => HMACSHA512.HashData(_key, bytes),
            _ => HMACSHA256.HashData(_key, bytes),
        };
    }
}
