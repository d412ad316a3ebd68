using System.Buffers;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Strangler.Proxy.Forwarding;

/// <summary>
/// Refuses what is malformed or can be read in two ways and what Kestrel itself lets through: two servers that disagree about where
/// a request ends are how requests are smuggled. Pure; says what is wrong, or null.
/// </summary>
internal sealed class RequestGuard(IOptions<FacadeOptions> options)
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // Control characters save the tab; 0x80 and up are bytes of some encoding and pass.
    private static readonly SearchValues<char> ControlCharacters =
        SearchValues.Create([.. Enumerable.Range(0, 32).Where(c => c != '\t').Append(127).Select(c => (char)c)]);

    private static readonly SearchValues<char> TargetCharacters =
        SearchValues.Create([.. Enumerable.Range(33, 94).Select(c => (char)c)]);

    private readonly RequestLimits _limits = options.Value.Limits;

    public string? Check(HttpContext context)
    {
        var request = context.Request;
        // The one CONNECT that is no tunnel is a WebSocket over HTTP/2 (RFC 8441).
        if (HttpMethods.IsConnect(request.Method) && context.Features.Get<IHttpExtendedConnectFeature>() is not { IsExtendedConnect: true, Protocol: "websocket" })
        {
            return "CONNECT is not supported.";
        }

        return CheckTarget(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget)
            ?? CheckFraming(request, request.Headers)
            ?? CheckFields(request.Headers);
    }

    private string? CheckTarget(string target) =>
        target.Length > _limits.TargetBytes ? $"The request target is longer than {_limits.TargetBytes} bytes."
        : target.AsSpan().ContainsAnyExcept(TargetCharacters) ? "The request target has a character that must be percent-encoded."
        : null;

    private static string? CheckFraming(HttpRequest request, IHeaderDictionary headers)
    {
        var coding = headers.TransferEncoding;
        if (coding.Count == 0)
        {
            return null;
        }

        if (coding.Count != 1 || !string.Equals(coding[0], "chunked", StringComparison.OrdinalIgnoreCase))
        {
            return "The transfer coding is not supported.";
        }

        if (!HttpProtocol.IsHttp11(request.Protocol))
        {
            return "Transfer-Encoding belongs to HTTP/1.1.";
        }

        // The server drops a Content-Length beside Transfer-Encoding and keeps its value in this field.
        return headers.ContentLength is not null || headers.ContainsKey("X-Content-Length")
            ? "The request has both Content-Length and Transfer-Encoding."
            : null;
    }

    private string? CheckFields(IHeaderDictionary headers)
    {
        var lines = 0;
        var bytes = 0;
        foreach (var (name, values) in headers)
        {
            if (name.AsSpan().ContainsAnyExcept(TokenCharacters))
            {
                return "A field name is malformed.";
            }

            for (var i = 0; i < values.Count; i++)
            {
                var value = values[i] ?? "";
                if (value.AsSpan().ContainsAny(ControlCharacters))
                {
                    return "A field value has a control character.";
                }

                lines++;
                bytes += name.Length + value.Length + 4;
            }
        }

        return lines > _limits.HeaderCount ? $"The request has more than {_limits.HeaderCount} field lines."
            : bytes > _limits.HeaderBytes ? $"The request's fields take more than {_limits.HeaderBytes} bytes."
            : null;
    }
}
