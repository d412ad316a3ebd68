namespace Strangler.Proxy.Protection;

/// <summary>What one client may ask of a slice, beside the limits of the whole storefront.</summary>
/// <param name="RequestsPerMinute">Per client; one more is answered 429. Null: no limit.</param>
/// <param name="Burst">Requests that may come at once. Null: as many as a minute allows.</param>
/// <param name="MaxRequestBytes">A larger body is answered 413. Null: no limit.</param>
public sealed record ProtectionConfig(int? RequestsPerMinute = null, int? Burst = null, long? MaxRequestBytes = null);
