using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Strangler.Cli.Doctor;

namespace Strangler.Cli.Tests.Doctor;

public class ChangeFormatTests
{
    [Theory]
    [InlineData("""{"before":null,"after":{"id":1},"source":{"db":"magento"},"op":"c"}""", "Debezium JSON without schema")]
    [InlineData("""{"schema":{},"payload":{"before":null,"after":{"id":1},"source":{},"op":"c"}}""", "Debezium JSON with schema")]
    [InlineData("""{"id":1,"__op":"c","__deleted":"false"}""", "JSON, unwrapped rows (no before image)")]
    [InlineData("""{"id":1}""", null)]
    [InlineData("""[1]""", null)]
    [InlineData("hello", null)]
    public void Recognise_Text(string message, string? format) => ChangeFormat.Recognise(Encoding.UTF8.GetBytes(message)).Should().Be(format);

    [Fact]
    public void Recognise_Avro() => ChangeFormat.Recognise([0, 0, 0, 0, 7, 2, 4]).Should().StartWith("Avro");

    [Theory]
    [InlineData("mariadb-plain", "Debezium JSON without schema")]
    [InlineData("mysql-schema", "Debezium JSON with schema")]
    [InlineData("mariadb-unwrapped", "unwrapped")]
    [InlineData("mysql-avro", "Avro")]
    public void Recognise_RecordedMessages(string recording, string format)
    {
        var file = RepositoryPaths.RequireShared("debezium", "recordings", $"{recording}.jsonl.gz");
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        var recognised = new List<string?>();
        while (reader.ReadLine() is { } line && recognised.Count < 50)
        {
            using var record = JsonDocument.Parse(line);
            if (Value(record.RootElement, recording.EndsWith("-avro", StringComparison.Ordinal)) is { Length: > 0 } value && record.RootElement.GetProperty("topic").GetString()!.Contains(".magento.", StringComparison.Ordinal))
            {
                recognised.Add(ChangeFormat.Recognise(value));
            }
        }

        recognised.Should().NotBeEmpty().And.AllSatisfy(found => found.Should().Contain(format));
    }

    // Avro is kept as Base64, text as it is.
    private static byte[]? Value(JsonElement record, bool avro) => record.GetProperty("value") switch
    {
        { ValueKind: JsonValueKind.Null } => null,
        var value => avro ? value.GetBytesFromBase64() : Encoding.UTF8.GetBytes(value.GetString()!),
    };
}
