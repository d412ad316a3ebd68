namespace Strangler.Proxy.EdgeCache;

/// <summary>A slice whose answers the facade may keep. Only 200 answers to GET without a token of a customer or admin are kept, save where <paramref name="PerToken"/> says otherwise.</summary>
/// <param name="Seconds">How long at most.</param>
/// <param name="GraceSeconds">How much longer an answer serves when neither side can.</param>
/// <param name="Entities">Of <c>subscription.json</c>: which changes drop an answer, and where its key is known from the request, which one.</param>
/// <param name="VaryHeaders">Further request fields that an answer depends on.</param>
/// <param name="PerToken">Keep answers to requests with <c>Authorization</c> too, for each token by itself.</param>
public sealed record CacheConfig(
    int Seconds, int GraceSeconds = 0, IReadOnlyList<CacheEntity>? Entities = null, IReadOnlyList<string>? VaryHeaders = null, bool PerToken = false);

/// <summary>One kind of change that drops answers.</summary>
/// <param name="Entity">As cdc-sync tells it, such as <c>product</c>.</param>
/// <param name="ResponsePath">JSON path of the key in the answer, such as <c>$.id</c>; null: any change of the entity drops all of the slice's answers.</param>
public sealed record CacheEntity(string Entity, string? ResponsePath = null);
