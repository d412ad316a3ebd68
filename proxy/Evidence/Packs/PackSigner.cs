using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Evaluation;
using Strangler.Proxy.Flags;

namespace Strangler.Proxy.Evidence.Packs;

/// <summary>Signs evidence packs, and says whether one is as it was signed. The key is <c>Evaluation:SigningKey</c>, else it follows from the overrides' key.</summary>
internal sealed class PackSigner
{
    private const string Algorithm = "HMAC-SHA256";
    private readonly byte[] _key;
    private readonly string _keyId;

    public PackSigner(IOptions<EvaluationOptions> options, OverrideKey overrides)
    {
        var configured = options.Value.SigningKey;
        _key = string.IsNullOrEmpty(configured)
            ? HMACSHA256.HashData(overrides.Key, "strangler evidence pack"u8)
            : SHA256.HashData(Encoding.UTF8.GetBytes(configured));
        _keyId = Convert.ToHexStringLower(SHA256.HashData(_key).AsSpan(0, 8));
    }

    public PackSignature Sign(JsonElement document) =>
        new(Algorithm, _keyId, Base64Url.EncodeToString(HMACSHA256.HashData(_key, CanonicalJson.Of(document))));

    public PackCheckView Check(JsonElement document, PackSignature signature)
    {
        if (signature.Algorithm != Algorithm)
        {
            return new PackCheckView(false, $"signed by '{signature.Algorithm}', which is not known here");
        }

        if (signature.KeyId != _keyId)
        {
            return new PackCheckView(false, $"signed with key {signature.KeyId}; this facade has {_keyId}");
        }

        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sign(document).Value), Encoding.ASCII.GetBytes(signature.Value))
            ? new PackCheckView(true, "as it was signed")
            : new PackCheckView(false, "not as it was signed: something in it was changed");
    }
}
