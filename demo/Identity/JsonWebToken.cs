using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Strangler.Demo.Identity;

/// <summary>
/// Magento's JWTs for admins and customers: HS256, claims <c>uid</c>, <c>utypid</c>, <c>iat</c>, <c>exp</c>. The key is the last
/// word of the crypt key, padded with ampersands on both sides to 2048 bytes.
/// </summary>
internal sealed class JsonWebToken(string cryptKey)
{
    public const int Lifetime = 3600;
    private const int KeyBytes = 2048;

    private readonly byte[] _key = Pad(cryptKey.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[^1]);

    public string Issue(int userId, int userType, DateTimeOffset now)
    {
        var issued = now.ToUnixTimeSeconds();
        var header = Base64Url.EncodeToString("{\"kid\":\"1\",\"alg\":\"HS256\"}"u8);
        var claims = Base64Url.EncodeToString(Encoding.ASCII.GetBytes($"{{\"uid\":{userId},\"utypid\":{userType},\"iat\":{issued},\"exp\":{issued + Lifetime}}}"));
        return $"{header}.{claims}.{Sign($"{header}.{claims}")}";
    }

    /// <summary>The claims of a token that is well formed, signed with our key and not expired; else null.</summary>
    public TokenClaims? Read(string token, DateTimeOffset now)
    {
        if (token.Split('.') is not [var header, var claims, var signature]
            || !CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sign($"{header}.{claims}")), Encoding.ASCII.GetBytes(signature)))
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(Base64Url.DecodeFromChars(claims));
            var root = json.RootElement;
            var read = new TokenClaims(root.GetProperty("uid").GetInt32(), root.GetProperty("utypid").GetInt32(), root.GetProperty("iat").GetInt64());
            return root.GetProperty("exp").GetInt64() > now.ToUnixTimeSeconds() ? read : null;
        }
        catch (Exception fault) when (fault is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static byte[] Pad(string key)
    {
        var bytes = Encoding.UTF8.GetBytes(key);
        if (bytes.Length >= KeyBytes)
        {
            return bytes;
        }

        var padded = new byte[KeyBytes];
        padded.AsSpan().Fill((byte)'&');
        bytes.CopyTo(padded, (KeyBytes - bytes.Length) / 2);
        return padded;
    }

    private string Sign(string content) => Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(content)));
}

/// <summary>Whose token it is and since when.</summary>
internal sealed record TokenClaims(int UserId, int UserType, long IssuedAt);
