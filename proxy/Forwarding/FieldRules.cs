using System.Collections.Frozen;

namespace Strangler.Proxy.Forwarding;

/// <summary>Which fields belong to one connection only, and which the facade itself writes. All others pass as they are.</summary>
internal static class FieldRules
{
    /// <summary>Fields with this prefix are the facade's own; from outside they end here.</summary>
    public const string InternalPrefix = "X-Strangler-";

    private static readonly FrozenDictionary<string, FieldRule> Request = new Dictionary<string, FieldRule>
    {
        ["Host"] = FieldRule.Special,
        ["Content-Length"] = FieldRule.Special,
        ["Transfer-Encoding"] = FieldRule.Special,
        ["X-Forwarded-For"] = FieldRule.Special,
        ["X-Forwarded-Proto"] = FieldRule.Special,
        ["X-Forwarded-Host"] = FieldRule.Special,
        ["X-Forwarded-Port"] = FieldRule.Special,
        ["Connection"] = FieldRule.HopByHop,
        ["Keep-Alive"] = FieldRule.HopByHop,
        ["Proxy-Connection"] = FieldRule.HopByHop,
        ["Upgrade"] = FieldRule.HopByHop,
        ["HTTP2-Settings"] = FieldRule.HopByHop,
        ["TE"] = FieldRule.HopByHop,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenSet<string> ResponseHopByHop = new[]
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Transfer-Encoding", "Upgrade", "Content-Length",
        // A service says in it what its answer was made of; that is for the facade.
        "Strangler-Tags",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // Fields that frame or route the message: naming one of them in Connection must not take it away from the store.
    private static readonly FrozenSet<string> NeverConnectionOption = new[]
    {
        "Host", "Authorization", "Cookie", "Content-Length", "Content-Type", "Content-Encoding", "Transfer-Encoding",
        "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // A trailer that says how the message is framed or where it goes would change what has been decided already.
    private static readonly FrozenSet<string> NotInTrailers = new[]
    {
        "Transfer-Encoding", "Content-Length", "Host", "Connection", "Keep-Alive", "Proxy-Connection", "Upgrade", "TE", "Trailer",
        "Authorization", "Cookie", "Set-Cookie", "Content-Encoding", "Content-Type", "Content-Range", "Expect",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static FieldRule OfRequest(string name) =>
        Request.TryGetValue(name, out var rule) ? rule
        : name.StartsWith(InternalPrefix, StringComparison.OrdinalIgnoreCase) ? FieldRule.Internal
        : FieldRule.Pass;

    public static bool PassesInResponse(string name) => !ResponseHopByHop.Contains(name);

    public static bool PassesInTrailers(string name) => !NotInTrailers.Contains(name);

    /// <summary>Whether a field is one that the request's Connection field ties to this connection.</summary>
    public static bool IsConnectionOption(string name, string[] options) =>
        !NeverConnectionOption.Contains(name) && options.Contains(name, StringComparer.OrdinalIgnoreCase);
}

/// <summary>What happens to a request field on its way to the upstream.</summary>
internal enum FieldRule
{
    /// <summary>Goes on as it came.</summary>
    Pass,

    /// <summary>Is written by the facade, from what came and from what it knows.</summary>
    Special,

    /// <summary>Ends at this connection.</summary>
    HopByHop,

    /// <summary>The facade's own; never taken from outside.</summary>
    Internal,
}
