using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Konscious.Security.Cryptography;

namespace Strangler.Demo.Identity;

/// <summary>
/// Password hashes as Magento stores them: <c>hash:salt:version</c>, here always of version 3 (argon2id, its parameters in
/// the version). Other versions verify as false: the demo writes none.
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

    public static bool Verify(string password, string? stored)
    {
        if (stored?.Split(':') is not [var hash, var salt, var version] || salt.Length < SaltBytes || version.Split('_') is not ["3", var bytes, var iterations, var memory])
        {
            return false;
        }

        var computed = Argon(password, salt, Number(bytes), Number(iterations), Number(memory));
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(computed), Encoding.ASCII.GetBytes(hash));
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string Argon(string password, string salt, int bytes, int iterations, int memory)
    {
        using var argon = new Argon2id(Encoding.UTF8.GetBytes(password))
        {
            Salt = Encoding.ASCII.GetBytes(salt[..SaltBytes]),
            DegreeOfParallelism = 1,
            Iterations = iterations,
            MemorySize = memory / 1024,
        };
        return Convert.ToHexStringLower(argon.GetBytes(bytes));
    }
}
