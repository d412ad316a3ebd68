using System.Security.Cryptography;
using System.Text;
using Strangler.Proxy.Slices;

namespace Strangler.Proxy.Flags;

/// <summary>The key that signs overrides: the configured one, else one made at first start and kept beside the other state of this replica.</summary>
internal sealed class OverrideKey
{
    private readonly byte[] _key;

    /// <param name="configured"><c>Control:OverrideKey</c>; needed as soon as there are several replicas.</param>
    /// <param name="kept">Where the made one is kept.</param>
    public OverrideKey(string? configured, LastGoodFile kept)
    {
        var text = string.IsNullOrEmpty(configured) ? kept.Read() : configured;
        if (text is null)
        {
            text = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            if (kept.Write(text) && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(kept.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }

        _key = SHA256.HashData(Encoding.UTF8.GetBytes(text));
    }

    public ReadOnlySpan<byte> Key => _key;
}

/// <summary>The reader of <c>X-Magento-Vary</c>, or none where the crypt key is not configured.</summary>
internal sealed record MagentoVarySource(MagentoVary? Vary);
