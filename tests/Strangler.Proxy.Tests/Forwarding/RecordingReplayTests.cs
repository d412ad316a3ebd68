using System.Globalization;
using System.Text;
using System.Text.Json;
using Strangler.TestKit.Http;

namespace Strangler.Proxy.Tests.Forwarding;

/// <summary>
/// Every recorded exchange of a real Magento goes through the facade: the request as it was sent, the response as it was on the wire.
/// Both must arrive at the other end the same, field line by field line and byte by byte.
/// </summary>
public sealed class RecordingReplayTests
{
    private static readonly HashSet<string> HopByHop = new(StringComparer.OrdinalIgnoreCase) { "Connection", "Transfer-Encoding", "Keep-Alive" };

    public static TheoryData<string, bool> Files
    {
        get
        {
            var data = new TheoryData<string, bool>();
            var folder = Path.Combine(RepositoryPaths.Shared, "magento", "recordings");
            var files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.jsonl").Select(Path.GetFileName) : ["rest-catalog.jsonl"];
            foreach (var file in files.Order(StringComparer.Ordinal))
            {
                data.Add(file!, false);
                data.Add(file!, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Recording_ThroughFacade_IsTheSameInBothDirections(string file, bool keepAlive)
    {
        var token = TestContext.Current.CancellationToken;
        var path = RepositoryPaths.RequireShared("magento", "recordings", file);
        Recording? current = null;
        await using var upstream = RawUpstream.Answering(_ => current!.ResponseBytes());
        await using var facade = await FacadeHost.StartAsync(upstream.Address);
        RawConnection? client = null;
        var replayed = 0;
        await foreach (var line in File.ReadLinesAsync(path, token))
        {
            current = Recording.Parse(line);
            client ??= await RawConnection.ConnectAsync(facade.StorefrontPort, token);

            await client.SendAsync(current.RequestBytes(), token);
            var response = await client.ReadResponseAsync(token, current.Method);

            upstream.Requests.TryDequeue(out var request).Should().BeTrue(current.Name);
            CompareRequest(current, request!);
            CompareResponse(current, response);
            replayed++;
            if (!keepAlive)
            {
                await client.DisposeAsync();
                client = null;
            }
        }

        await (client?.DisposeAsync() ?? ValueTask.CompletedTask);
        replayed.Should().BePositive();
        upstream.Connections.Should().BeLessThan(replayed / 2 + 2, "connections to the upstream are used again");
    }

    private static void CompareRequest(Recording sent, RawMessage got)
    {
        got.StartLine.Should().Be($"{sent.Method} {sent.Target} HTTP/1.1", sent.Name);
        var expected = sent.RequestFields
            .Append(new RawField("X-Forwarded-For", "127.0.0.1"))
            .Append(new RawField("X-Forwarded-Proto", "http"));
        CompareFields(sent.Name, expected, got.Fields);
        got.Body.AsSpan().SequenceEqual(sent.RequestBody).Should().BeTrue($"{sent.Name}: the request's body");
    }

    private static void CompareResponse(Recording served, RawMessage got)
    {
        got.StartLine.Should().Be($"HTTP/1.1 {served.Status} {served.Reason}", served.Name);
        CompareFields(served.Name, served.ResponseFields, got.Fields);
        got.Body.AsSpan().SequenceEqual(served.ResponseBody).Should().BeTrue($"{served.Name}: the response's body");
        if (served.IsChunked && served.Method != "HEAD")
        {
            got.Value("Transfer-Encoding").Should().Be("chunked", served.Name);
        }
    }

    private static void CompareFields(string name, IEnumerable<RawField> expected, IEnumerable<RawField> got)
    {
        static Dictionary<string, string[]> ByName(IEnumerable<RawField> fields) => fields
            .Where(field => !HopByHop.Contains(field.Name))
            .GroupBy(field => field.Name, StringComparer.OrdinalIgnoreCase)
            // Space around a value is not part of it (RFC 9110, 5.5).
            .ToDictionary(group => group.Key, group => group.Select(field => field.Value.Trim(' ', '\t')).ToArray(), StringComparer.OrdinalIgnoreCase);

        var left = ByName(expected);
        var right = ByName(got);
        right.Keys.Should().BeEquivalentTo(left.Keys, options => options.Using(StringComparer.OrdinalIgnoreCase), name);
        foreach (var (field, values) in left)
        {
            right[field].Should().Equal(values, $"{name}: {field}");
        }
    }

    private sealed record Recording(
        string Name, string Method, string Target, RawField[] RequestFields, byte[] RequestBody,
        int Status, string Reason, RawField[] ResponseFields, byte[] ResponseBody)
    {
        public bool IsChunked => ResponseFields.Any(line => line.Name == "Transfer-Encoding");

        public static Recording Parse(string line)
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            var request = root.GetProperty("request");
            var response = root.GetProperty("response");
            return new Recording(
                root.GetProperty("name").GetString()!, request.GetProperty("method").GetString()!, request.GetProperty("path").GetString()!,
                Fields(request), Encoding.UTF8.GetBytes(request.GetProperty("body").GetString() ?? ""),
                response.GetProperty("status").GetInt32(), response.GetProperty("reason").GetString()!, Fields(response),
                response.TryGetProperty("bodyBase64", out var base64) && base64.ValueKind == JsonValueKind.String
                    ? base64.GetBytesFromBase64()
                    : Encoding.UTF8.GetBytes(response.GetProperty("body").GetString() ?? ""));
        }

        public byte[] RequestBytes() => Message($"{Method} {Target} HTTP/1.1", RequestFields, RequestBody, chunkSize: null);

        public byte[] ResponseBytes() =>
            Message($"HTTP/1.1 {Status} {Reason}", ResponseFields, Method == "HEAD" ? [] : ResponseBody, IsChunked && Method != "HEAD" ? 8192 : null);

        private static RawField[] Fields(JsonElement message) =>
            [.. message.GetProperty("headers").EnumerateArray().Select(pair => new RawField(pair[0].GetString()!, pair[1].GetString()!))];

        private static byte[] Message(string startLine, RawField[] fields, byte[] body, int? chunkSize)
        {
            using var bytes = new MemoryStream();
            void Write(string text) => bytes.Write(Encoding.Latin1.GetBytes(text));
            Write($"{startLine}\r\n");
            foreach (var (name, value) in fields)
            {
                Write($"{name}: {value}\r\n");
            }

            Write("\r\n");
            if (chunkSize is not { } size)
            {
                bytes.Write(body);
                return bytes.ToArray();
            }

            foreach (var chunk in body.Chunk(size))
            {
                Write($"{chunk.Length.ToString("x", CultureInfo.InvariantCulture)}\r\n");
                bytes.Write(chunk);
                Write("\r\n");
            }

            Write("0\r\n\r\n");
            return bytes.ToArray();
        }
    }
}
