using System.Text;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Strangler.Proxy.Forwarding.Upstream;

namespace Strangler.Proxy.Forwarding;

/// <summary>Writes the <c>X-Forwarded-*</c> fields of the request to the upstream.</summary>
internal sealed class ForwardedFields(IOptions<FacadeOptions> options)
{
    private const string For = "X-Forwarded-For";
    private const string Proto = "X-Forwarded-Proto";
    private const string Host = "X-Forwarded-Host";
    private const string Port = "X-Forwarded-Port";
    private readonly ForwardedHeadersOptions _options = options.Value.ForwardedHeaders;

    public void Write(OutputBuffer output, HttpContext context)
    {
        var headers = context.Request.Headers;
        var connection = context.Features.Get<StorefrontConnection>();
        var trusted = connection?.IsPeerTrusted == true;
        WriteFor(output, headers[For], connection, trusted);
        WriteOther(output, Proto, headers, _options.Proto, trusted, connection?.IsHttps ?? context.Request.IsHttps ? "https" : "http");
        WriteOther(output, Host, headers, _options.Host, trusted, headers.Host.ToString());
        WriteOther(output, Port, headers, _options.Port, trusted, connection?.LocalPort ?? "");
    }

    /// <summary>The same fields for a request that is asked once more.</summary>
    public IEnumerable<(string Name, string Value)> Of(HttpContext context)
    {
        var output = new OutputBuffer();
        Write(output, context);
        foreach (var line in Encoding.Latin1.GetString(output.Written.Span).Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            yield return (line[..colon], line[(colon + 1)..].Trim());
        }
    }

    private void WriteFor(OutputBuffer output, StringValues came, StorefrontConnection? connection, bool trusted)
    {
        var policy = _options.For;
        if (policy == ForwardedForPolicy.Remove)
        {
            return;
        }

        if (policy == ForwardedForPolicy.Pass || connection is null)
        {
            WriteLines(output, For, came);
            return;
        }

        var kept = policy == ForwardedForPolicy.Append || trusted ? came : StringValues.Empty;
        for (var i = 0; i < kept.Count - 1; i++)
        {
            output.WriteField(For, kept[i] ?? "");
        }

        output.Write("X-Forwarded-For: "u8);
        if (kept.Count > 0 && !string.IsNullOrEmpty(kept[^1]))
        {
            output.Write(kept[^1]!);
            output.Write(", "u8);
        }

        output.Write(connection.PeerAddress);
        output.Write("\r\n"u8);
    }

    private static void WriteOther(
        OutputBuffer output, string name, IHeaderDictionary headers, ForwardedFieldPolicy policy, bool trusted, string seen)
    {
        if (policy == ForwardedFieldPolicy.Remove)
        {
            return;
        }

        var came = policy == ForwardedFieldPolicy.Pass || trusted ? headers[name] : StringValues.Empty;
        if (came.Count > 0)
        {
            WriteLines(output, name, came);
        }
        else if (policy == ForwardedFieldPolicy.Set)
        {
            output.WriteField(name, seen);
        }
    }

    private static void WriteLines(OutputBuffer output, string name, StringValues values)
    {
        foreach (var value in values)
        {
            output.WriteField(name, value ?? "");
        }
    }
}
