using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Strangler.CdcSync.Tests.Debezium;

/// <summary>One message of a recording.</summary>
internal sealed record RecordedMessage(
    string Topic, int Partition, long Timestamp, IReadOnlyList<(string Name, string Value)> Headers, byte[]? Key, byte[]? Value);

/// <summary>What a connector wrote, as it was recorded.</summary>
internal static class Recording
{
    public static List<RecordedMessage> Read(string name)
    {
        var isAvro = name.EndsWith("-avro", StringComparison.Ordinal);
        var messages = new List<RecordedMessage>();
        using var file = new GZipStream(File.OpenRead(RepositoryPaths.RequireShared("debezium", "recordings", name + ".jsonl.gz")), CompressionMode.Decompress);
        using var lines = new StreamReader(file);
        while (lines.ReadLine() is { } line)
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            messages.Add(new RecordedMessage(
                root.GetProperty("topic").GetString()!, root.GetProperty("partition").GetInt32(), root.GetProperty("timestamp").GetInt64(),
                [.. root.GetProperty("headers").EnumerateArray().Select(header => (header[0].GetString()!, header[1].GetString()!))],
                Bytes(root.GetProperty("key"), isAvro), Bytes(root.GetProperty("value"), isAvro)));
        }

        return messages;
    }

    private static byte[]? Bytes(JsonElement element, bool isBase64) => element.ValueKind == JsonValueKind.Null ? null
        : isBase64 ? element.GetBytesFromBase64()
        : Encoding.UTF8.GetBytes(element.GetString()!);
}
