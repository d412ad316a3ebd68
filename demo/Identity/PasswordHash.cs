using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Konscious.Security.Cryptography;

namespace Strangler.Demo.Identity;

/// <summary>
/// Password hashes as Magento stores them: <c>hash:salt:version</c>. New ones are of version 3 (argon2id, its parameters in the
/// version); the older versions and chains of them verify too.
/// </summary>
internal static class PasswordHash
{
    private const int HashBytes = 32;
    private const int SaltBytes = 16;
    private const int Iterations = 2;
    private const int MemoryBytes = 64 * 1024 * 1024;

    /// <summary>Hashes with a salt of 32 letters and digits; argon takes its first sixteen.</summary>
    public static string Create(string password, string salt) =>
        string.Create(CultureInfo.InvariantCulture, $"{Argon(password, salt, HashBytes, Iterations, MemoryBytes)}:{salt}:3_{HashBytes}_{Iterations}_{MemoryBytes}");

    /// <summary>A hash may be a chain: each version hashes what the one before it gave.</summary>
    public static bool Verify(string password, string? stored)
    {
        if (stored?.Split(':') is not [var hash, { Length: > 0 } salt, _, ..] parts)
        {
            return false;
        }

        string? computed = password;
        foreach (var version in parts[2..])
        {
            computed = computed is null ? null : Apply(version, computed, salt);
        }

        return computed is not null && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(computed), Encoding.ASCII.GetBytes(hash));
    }

#pragma warning disable CA5351 // The oldest versions are what they are; new hashes are argon2id.
    private static string? Apply(string version, string password, string salt) => version.Split('_') switch
    {
        ["0"] => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(salt + password))),
        ["1"] => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(salt + password))),
        ["2"] => Argon(password, salt, HashBytes, Iterations, MemoryBytes),
        ["3", var bytes, var iterations, var memory] => Argon(password, salt, Number(bytes), Number(iterations), Number(memory)),
        _ => null,
    };
#pragma warning restore CA5351

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string Argon(string password, string salt, int bytes, int iterations, int memory)
    {
        using var argon = new Argon2id(Encoding.UTF8.GetBytes(password))
        {
            Salt = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(salt, SaltBytes / salt.Length + 1))[..SaltBytes]),
            DegreeOfParallelism = 1,
            Iterations = iterations,
            MemorySize = memory / 1024,
        };
        return Convert.ToHexStringLower(argon.GetBytes(bytes));
    }
}
