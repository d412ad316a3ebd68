using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Strangler.Proxy.Forwarding.Upstream;

/// <summary>
/// Writes the request line and the fields of a client's request for the upstream: target byte for byte, one line for each line that
/// came, nothing joined, nothing re-encoded.
/// </summary>
internal static class RequestHead
{
    private static readonly char[] Separators = [',', ' ', '\t'];

    public static RequestFraming Write(OutputBuffer output, HttpContext context, HttpRequestMessage request, ForwardedFields forwarded)
    {
        var headers = context.Request.Headers;
        output.Clear();
        WriteLine(output, context, request, headers);
        WriteLines(output, "Host", headers.Host);

        var options = ConnectionOptions(headers.Connection);
        foreach (var (name, values) in headers)
        {
            if (FieldRules.OfRequest(name) == FieldRule.Pass && (options is null || !FieldRules.IsConnectionOption(name, options)))
            {
                WriteLines(output, name, values);
            }
        }

        WriteUpgrade(output, context, request, headers);
        if (headers.TE.Count > 0 && headers.TE.ToString().Contains("trailers", StringComparison.OrdinalIgnoreCase))
        {
            output.Write("TE: trailers\r\n"u8);
        }

        forwarded.Write(output, context);
        var framing = WriteFraming(output, request, headers);
        output.Write("\r\n"u8);
        return framing;
    }

    private static void WriteLine(OutputBuffer output, HttpContext context, HttpRequestMessage request, IHeaderDictionary headers)
    {
        // An extended CONNECT (a WebSocket over HTTP/2) has become a GET on its way here; every other method is written as it came.
        var method = context.Request.Method;
        output.Write(HttpMethods.IsConnect(method) ? request.Method.Method : method);
        output.Write(" "u8);
        output.Write(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        // HTTP/1.1 demands a Host; a client of HTTP/1.0 that sent none gets what the store answers to such.
        output.Write(headers.Host.Count == 0 ? " HTTP/1.0\r\n"u8 : " HTTP/1.1\r\n"u8);
    }

    private static RequestFraming WriteFraming(OutputBuffer output, HttpRequestMessage request, IHeaderDictionary headers)
    {
        if (headers.ContentLength is { } length)
        {
            output.Write("Content-Length: "u8);
            output.Write(length);
            output.Write("\r\n"u8);
            return new RequestFraming(length);
        }

        if (request.Content is null)
        {
            return default;
        }

        output.Write("Transfer-Encoding: chunked\r\n"u8);
        return new RequestFraming(null);
    }

    // YARP has put the two connection fields of an upgrade (and over HTTP/2 the key as well) on its own message.
    private static void WriteUpgrade(OutputBuffer output, HttpContext context, HttpRequestMessage request, IHeaderDictionary headers)
    {
        if (headers.Upgrade.Count == 0 && !HttpMethods.IsConnect(context.Request.Method))
        {
            return;
        }

        foreach (var (name, values) in request.Headers.NonValidated)
        {
            foreach (var value in values)
            {
                output.WriteField(name, value);
            }
        }
    }

    private static string[]? ConnectionOptions(StringValues connection)
    {
        if (connection.Count == 0
            || (connection.Count == 1 && (string.Equals(connection[0], "keep-alive", StringComparison.OrdinalIgnoreCase)
                || string.Equals(connection[0], "close", StringComparison.OrdinalIgnoreCase))))
        {
            return null;
        }

        return connection.ToString().Split(Separators, StringSplitOptions.RemoveEmptyEntries);
    }

    private static void WriteLines(OutputBuffer output, string name, StringValues values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            output.WriteField(name, values[i] ?? "");
        }
    }
}

/// <summary>How the request's body is delimited: by its length, or in chunks where that is null.</summary>
internal readonly record struct RequestFraming(long? Length);
