using System.Security.Cryptography;
using System.Text;

namespace Strangler.CdcSync.Binlog.Protocol;

/// <summary>The proofs of the password that the supported authentication plugins ask for.</summary>
internal static class Authentication
{
    public const string NativePassword = "mysql_native_password";
    public const string CachingSha2Password = "caching_sha2_password";
    public const string Sha256Password = "sha256_password";
    public const string ClearPassword = "mysql_clear_password";

    /// <summary>The first answer to a plugin; null when the plugin is not known.</summary>
    public static byte[]? FirstAnswer(string plugin, string password, ReadOnlySpan<byte> nonce, bool encrypted) => plugin switch
    {
        NativePassword => password.Length == 0 ? [] : Native(password, nonce),
        CachingSha2Password => password.Length == 0 ? [] : CachingSha2(password, nonce),
        Sha256Password => password.Length == 0 ? [0] : encrypted ? Clear(password) : [1],
        ClearPassword when encrypted => Clear(password),
        _ => null,
    };

    /// <summary>The password with its closing zero, for a connection that is itself encrypted.</summary>
    public static byte[] Clear(string password) => [.. Encoding.UTF8.GetBytes(password), 0];

    /// <summary>The password under the server's RSA key, mixed with the nonce so that it cannot be replayed.</summary>
    public static byte[] UnderPublicKey(string password, ReadOnlySpan<byte> nonce, string publicKeyPem)
    {
        var bytes = Clear(password);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= nonce[i % nonce.Length];
        }

        using var rsa = RSA.Create();
        rsa.ImportFromPem(publicKeyPem);
        return rsa.Encrypt(bytes, RSAEncryptionPadding.OaepSHA1);
    }

#pragma warning disable CA5350 // The plugin is defined with SHA-1.
    private static byte[] Native(string password, ReadOnlySpan<byte> nonce)
    {
        var once = SHA1.HashData(Encoding.UTF8.GetBytes(password));
        return Xor(once, SHA1.HashData([.. nonce, .. SHA1.HashData(once)]));
    }
#pragma warning restore CA5350

    private static byte[] CachingSha2(string password, ReadOnlySpan<byte> nonce)
    {
        var once = SHA256.HashData(Encoding.UTF8.GetBytes(password));
        return Xor(once, SHA256.HashData([.. SHA256.HashData(once), .. nonce]));
    }

    private static byte[] Xor(byte[] left, byte[] right)
    {
        for (var i = 0; i < left.Length; i++)
        {
            left[i] ^= right[i];
        }

        return left;
    }
}
