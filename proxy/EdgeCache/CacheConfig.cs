namespace Strangler.Proxy.EdgeCache;

/// <summary>
/// A slice whose answers the facade may keep: those of its service with status 200 to GET, without <c>Set-Cookie</c> or <c>Cache-Control: private</c>. A kept
/// answer is served only where the slice's promise about its data allows the service's own.
/// </summary>
/// <param name="Seconds">How long at most.</param>
/// <param name="GraceSeconds">How much longer an answer serves when neither side can. Only without a promise about the data.</param>
/// <param name="Entities">The kinds of changes, as <c>/invalidations</c> of cdc-sync tells them, that concern the slice. Null: any change of its service's data.</param>
/// <param name="VaryHeaders">Further request fields that an answer depends on.</param>
/// <param name="PerToken">Keep answers to requests with <c>Authorization</c> too, for each token by itself.</param>
public sealed record CacheConfig(
    int Seconds, int GraceSeconds = 0, IReadOnlyList<string>? Entities = null, IReadOnlyList<string>? VaryHeaders = null, bool PerToken = false);
