using System.Text.Json.Serialization;

namespace Strangler.Proxy.Protection;

/// <summary>The limits in force on this replica, and what they refused since its start.</summary>
/// <param name="Limits">Of requests per client.</param>
/// <param name="MaxRequestBytes">Of bodies; null: none.</param>
/// <param name="Magento">Null: Magento takes as many requests at once as come.</param>
/// <param name="Refused">Requests by limit: a name of <paramref name="Limits"/>, <c>tooLarge</c>, <c>magentoFull</c>, <c>magentoTooLate</c>.</param>
public sealed record ProtectionView(IReadOnlyList<ClientLimitView> Limits, long? MaxRequestBytes, MagentoLimitView? Magento, IReadOnlyDictionary<string, long> Refused);

/// <summary>A limit per client.</summary>
/// <param name="Name"><c>storefront</c>, a route's name, a slice's id.</param>
/// <param name="RequestsPerMinute">In the long run.</param>
/// <param name="Burst">At once.</param>
public sealed record ClientLimitView(string Name, int RequestsPerMinute, int Burst);

/// <summary>Magento's places.</summary>
/// <param name="Places">How many requests it works on at once.</param>
/// <param name="Busy">How many now.</param>
/// <param name="Waiting">Requests that wait for one.</param>
public sealed record MagentoLimitView(int Places, long Busy, long Waiting);

/// <summary><c>GET /api/protection</c>.</summary>
internal static class ProtectionApi
{
    public static void MapProtection(this IEndpointRouteBuilder api) => api.MapGet("/protection", Read).WithName("ReadProtection");

    private static ProtectionView Read(Protector protector, MagentoLimit magento, ProtectionStats stats)
    {
        var (busy, waiting) = magento.State;
        return new ProtectionView(
            [.. protector.Limits.Select(limit => new ClientLimitView(limit.Name, limit.RequestsPerMinute, limit.Burst))], protector.MaxRequestBytes,
            magento.Places is { } places ? new MagentoLimitView(places, busy, waiting) : null, stats.Refused);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProtectionView))]
internal sealed partial class ProtectionJson : JsonSerializerContext;
