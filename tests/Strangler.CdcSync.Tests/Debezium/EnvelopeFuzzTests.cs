using System.Buffers.Binary;
using System.IO.Compression;
using System.Text.Json;
using Avro;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium;
using Strangler.CdcSync.Debezium.Envelope;
using Strangler.CdcSync.Debezium.Ordering;
using Strangler.CdcSync.Debezium.Registry;
using Strangler.CdcSync.Debezium.Topics;
using Strangler.CdcSync.Debezium.Values;
using Strangler.CdcSync.Tests.Fuzzing;

namespace Strangler.CdcSync.Tests.Debezium;

/// <summary>Damaged messages of real connectors are told as such, or read somehow: never another failure, a hang, or memory out of proportion.</summary>
public sealed class EnvelopeFuzzTests
{
    private const int SamplesPerRecording = 400;
    private const int LargestSample = 16 * 1024;

    [Theory]
    [InlineData("mariadb-plain")]
    [InlineData("mysql-schema")]
    [InlineData("mariadb-unwrapped")]
    public Task Damaged_changes_are_told(string name)
    {
        var messages = Recording.Read(name);
        var history = History(messages, name);
        var samples = messages.Where(message => message.Topic.Contains(".magento.", StringComparison.Ordinal) && message.Value is { Length: > 0 and < LargestSample })
            .GroupBy(message => message.Topic).SelectMany(topic => topic.Take(12)).Take(SamplesPerRecording).ToList();
        var modes = ValueModes.Of(new KafkaOptions());
        var envelope = new JsonEnvelope(new SchemaBlocks());
        return Fuzzer.RunAsync(new FuzzTarget(name, [.. samples.Select(sample => sample.Value!)], 0, (sample, input) =>
        {
            var record = new ChangeRecord { Table = TableOf(samples[sample].Topic) };
            var (payload, schema) = envelope.Unpack(input);
            envelope.Read(record, payload, schema);
            if (record.Kind == RecordKind.Row && history.Latest("magento").FirstOrDefault(table => table.Name == TableOf(samples[sample].Topic)) is { } definition)
            {
                var rows = new RowReader(definition, record.RowSchema, modes);
                _ = record.Before.Length > 0 ? rows.Read(record.Before.Span) : null;
                _ = record.After.Length > 0 ? rows.Read(record.After.Span) : null;
            }
        }, IsExpected));
    }

    [Fact]
    public Task Damaged_schema_changes_and_transactions_are_told()
    {
        var messages = Recording.Read("mariadb-plain");
        var samples = messages.Where(message => message.Topic is "mariadb-plain" or "mariadb-plain.transaction" && message.Value is { Length: < LargestSample })
            .GroupBy(message => message.Topic).SelectMany(topic => topic.TakeLast(200)).ToList();
        return Fuzzer.RunAsync(new FuzzTarget("schema changes", [.. samples.Select(sample => sample.Value!)], 0, (sample, input) =>
        {
            if (samples[sample].Topic == "mariadb-plain")
            {
                new SchemaHistory().Apply(SchemaChange.Read(input, isMariaDb: true), default);
            }
            else
            {
                new TransactionLog().Accept(new ChangeRecord { Payload = input }, 0, _ => false);
            }
        }, IsExpected));
    }

    [Fact]
    public Task Damaged_Avro_is_told()
    {
        using var unpacked = new GZipStream(File.OpenRead(RepositoryPaths.RequireShared("debezium", "avro-schemas.json.gz")), CompressionMode.Decompress);
        var schemas = JsonSerializer.Deserialize<Dictionary<string, string>>(unpacked)!;
        var parsed = new Dictionary<int, Schema>();
        var samples = Recording.Read("mysql-avro").Where(message => message.Value is { Length: > 5 and < LargestSample }).GroupBy(message => message.Topic)
            .SelectMany(topic => topic.Take(12)).Take(SamplesPerRecording).Select(message => message.Value!).ToList();
        foreach (var id in samples.Select(sample => BinaryPrimitives.ReadInt32BigEndian(sample.AsSpan(1))).Distinct())
        {
            parsed[id] = Schema.Parse(schemas[$"{id}"]);
        }

        return Fuzzer.RunAsync(new FuzzTarget("Avro", samples, 5, (sample, input) =>
        {
            var json = AvroTranscoder.ToJson(parsed[BinaryPrimitives.ReadInt32BigEndian(samples[sample].AsSpan(1))], input.AsSpan(Math.Min(5, input.Length)));
            var envelope = new JsonEnvelope(new SchemaBlocks());
            envelope.Read(new ChangeRecord(), json, null);
        }, IsExpected));
    }

    private static bool IsExpected(Exception fault) => RecordReader.IsMalformed(fault) || fault is ModeMismatchException;

    private static TableName TableOf(string topic) => new("magento", topic[(topic.LastIndexOf('.') + 1)..]);

    private static SchemaHistory History(List<RecordedMessage> messages, string name)
    {
        var history = new SchemaHistory();
        var envelope = new JsonEnvelope(new SchemaBlocks());
        var place = 0;
        foreach (var message in messages.Where(message => message.Topic == name))
        {
            history.Apply(SchemaChange.Read(envelope.Unpack(message.Value!).Payload, name.StartsWith("mariadb", StringComparison.Ordinal)), new OrderKey(0, 0, place++, 0));
        }

        return history;
    }
}
