using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Strangler.Catalog.Tests.Support;

/// <summary>An answer as it came over the wire.</summary>
internal sealed record RawAnswer(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public string? Header(string name) =>
        Headers.FirstOrDefault(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}

/// <summary>HTTP written by hand: targets and header fields reach the service exactly as given.</summary>
internal static class RawHttp
{
    public static Task<RawAnswer> GetAsync(int port, string target, CancellationToken cancellationToken, params (string Name, string Value)[] headers) =>
        SendAsync(port, "GET", target, headers, null, cancellationToken);

    public static async Task<RawAnswer> SendAsync(
        int port, string method, string target, IEnumerable<(string Name, string Value)> headers, string? body, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
        await using var stream = client.GetStream();
        var fields = headers.Where(header => !header.Name.Equals("Connection", StringComparison.OrdinalIgnoreCase)).ToList();
        if (!fields.Any(header => header.Name.Equals("Host", StringComparison.OrdinalIgnoreCase)))
        {
            fields.Insert(0, ("Host", "shop.test:8080"));
        }

        var head = string.Concat(fields.Select(header => $"{header.Name}: {header.Value}\r\n"));
        await stream.WriteAsync(Encoding.UTF8.GetBytes($"{method} {target} HTTP/1.1\r\n{head}Connection: close\r\n\r\n{body}"), cancellationToken);
        using var received = new MemoryStream();
        await stream.CopyToAsync(received, cancellationToken);
        return Parse(received.ToArray());
    }

    private static RawAnswer Parse(byte[] bytes)
    {
        var end = bytes.AsSpan().IndexOf("\r\n\r\n"u8);
        var lines = Encoding.Latin1.GetString(bytes, 0, end).Split("\r\n");
        var headers = lines.Skip(1).Select(line => line.Split(": ", 2)).Select(parts => KeyValuePair.Create(parts[0], parts[1])).ToList();
        var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        var answer = new RawAnswer(status, headers, bytes[(end + 4)..]);
        answer = answer.Header("Transfer-Encoding") == "chunked" ? answer with { Body = Dechunk(answer.Body) } : answer;
        return answer.Header("Content-Encoding") == "gzip" ? answer with { Body = Decompress(answer.Body) } : answer;
    }

    private static byte[] Decompress(byte[] body)
    {
        using var plain = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        gzip.CopyTo(plain);
        return plain.ToArray();
    }

    private static byte[] Dechunk(byte[] body)
    {
        var result = new List<byte>();
        for (var position = 0; position < body.Length;)
        {
            var line = body.AsSpan(position).IndexOf("\r\n"u8);
            var length = int.Parse(Encoding.ASCII.GetString(body, position, line), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            position += line + 2;
            result.AddRange(body.AsSpan(position, length));
            position += length + 2;
        }

        return [.. result];
    }
}
