using System.Buffers;
using Strangler.Proxy.Control;

namespace Strangler.Proxy.Replaying;

/// <summary>What a replay may ask. What comes from a log came from anywhere: none of it may become a second request.</summary>
internal static class ReplayRules
{
    private const int MaximumTarget = 16 * 1024;
    private const int MaximumConcurrency = 64;
    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static string? Fault(ReplayBeginRequest request) =>
        StageRequestRules.ReasonFault(request.Reason)
        ?? AddressFault("magento", request.Magento)
        ?? AddressFault("service", request.Service)
        ?? AddressFault("storeUrl", request.StoreUrl)
        ?? (request.Methods is [] || request.Methods?.Any(method => !IsToken(method)) == true ? "'methods' must name methods, such as GET" : null)
        ?? (request.Concurrency is < 1 or > MaximumConcurrency ? $"'concurrency' must be 1 to {MaximumConcurrency}" : null)
        ?? (request.Count && (request.Magento is not null || request.Service is not null)
            ? "'count' wants the facade's own Magento and services: what others answer is no evidence of them" : null);

    public static string? Fault(ReplayRequest? request)
    {
        if (request is null || string.IsNullOrEmpty(request.Method) || !IsToken(request.Method))
        {
            return "'method' must be given, such as GET";
        }

        if (request.Target is not { Length: > 0 and <= MaximumTarget } || request.Target[0] != '/' || request.Target.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0)
        {
            return $"'target' must begin with '/', and hold only visible ASCII characters, at most {MaximumTarget}";
        }

        return request.Headers?.FirstOrDefault(field => field.Key.Length == 0 || !IsToken(field.Key) || field.Value is null || field.Value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0).Key is { } bad
            ? $"header '{bad}' cannot be sent"
            : null;
    }

    private static bool IsToken(string text) => text.Length > 0 && text.AsSpan().IndexOfAnyExcept(TokenCharacters) < 0;

    private static string? AddressFault(string name, Uri? address) =>
        address is null || (address.IsAbsoluteUri && address.Scheme is "http" or "https") ? null : $"'{name}' must be an http or https address";
}
