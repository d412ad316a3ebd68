using System.Text.Json.Nodes;
using Confluent.Kafka;
using Strangler.TestKit;

namespace Strangler.Benchmarks.Cdc;

/// <summary>
/// Debezium's own pipeline as a follower: source connector, Kafka of one node, JDBC sink, a server of its own at the end; and cdc-sync on the
/// same topics beside the sink. Held by pausing both connectors, so what the source connector has read ahead is its own.
/// </summary>
internal sealed class DebeziumPipeline : Follower
{
    public const string Peer = "Debezium to target";
    public const string Prefix = "b";

    private const string Source = "source";
    private const string Sink = "sink";
    private const string Topic = $"{Prefix}.{EavTable.Database}.{EavTable.Name}";
    private const string Database = "tgt";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly MariaDbServer _source;
    private readonly KafkaServer _kafka;
    private readonly IConsumer<Ignore, Ignore> _offsets;

    private DebeziumPipeline(MariaDbServer source, MariaDbServer target, KafkaServer kafka) : base(target, Database)
    {
        _source = source;
        _kafka = kafka;
        _offsets = new ConsumerBuilder<Ignore, Ignore>(new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = "bench", AllowAutoCreateTopics = false }).Build();
    }

    /// <summary>What it needs and is not here; null when all is there.</summary>
    public static string? Missing =>
        !File.Exists(Path.Combine(RepositoryPaths.Shared, "servers", "kafka.sh")) ? "../shared/servers"
        : !File.Exists("/usr/bin/java") ? "Java: apt-get install openjdk-17-jre-headless"
        : null;

    public override string Name => Peer;

    /// <summary>cdc-sync on the same topics, with a server of its own; there once <see cref="FollowTopicsAsync"/> is done.</summary>
    public CdcFollower? Topics { get; private set; }

    public string Bootstrap => _kafka.BootstrapServers;

    /// <summary>Messages in the topic of the measured table.</summary>
    public long Written
    {
        get
        {
            try
            {
                return _offsets.QueryWatermarkOffsets(new TopicPartition(Topic, 0), TimeSpan.FromSeconds(10)).High.Value;
            }
            catch (KafkaException fault) when (fault.Error.Code is ErrorCode.Local_UnknownPartition or ErrorCode.Local_UnknownTopic or ErrorCode.UnknownTopicOrPart)
            {
                // The first row makes it.
                return 0;
            }
        }
    }

    public static async Task<DebeziumPipeline> StartAsync(MariaDbServer source, CancellationToken cancellationToken)
    {
        var kafka = await KafkaServer.StartAsync(cancellationToken);
        await kafka.StartConnectAsync(cancellationToken);
        var target = await ServerAsync(cancellationToken);
        await target.ExecuteAsync(null, $"CREATE DATABASE {Database} CHARACTER SET utf8mb4", cancellationToken);
        // With the keys of the original, as cdc-sync's mirror has them; the sink itself would only make the primary one.
        await target.ExecuteAsync(Database, EavTable.Definition, cancellationToken);
        return new DebeziumPipeline(source, target, kafka);
    }

    /// <summary>Starts the source connector, which begins with its snapshot, or gives it other settings: for much at once, or for quick answers. It cannot have both.</summary>
    public Task StartSourceAsync(bool isQuick, CancellationToken cancellationToken) => _kafka.CreateConnectorAsync(Source, new Dictionary<string, string>
    {
        ["connector.class"] = "io.debezium.connector.mariadb.MariaDbConnector",
        ["database.hostname"] = "127.0.0.1",
        ["database.port"] = $"{_source.Port}",
        ["database.user"] = "root",
        ["database.password"] = "",
        ["database.server.id"] = "7777",
        ["topic.prefix"] = Prefix,
        ["database.include.list"] = EavTable.Database,
        ["schema.history.internal.kafka.bootstrap.servers"] = Bootstrap,
        ["schema.history.internal.kafka.topic"] = "history",
        ["max.batch.size"] = "8192",
        ["max.queue.size"] = "32768",
        ["poll.interval.ms"] = isQuick ? "2" : "50",
        ["producer.override.linger.ms"] = isQuick ? "0" : "5",
    }, cancellationToken);

    public Task StartSinkAsync(CancellationToken cancellationToken) => _kafka.CreateConnectorAsync(Sink, new Dictionary<string, string>
    {
        ["connector.class"] = "io.debezium.connector.jdbc.JdbcSinkConnector",
        ["topics"] = Topic,
        ["connection.url"] = $"jdbc:mariadb://127.0.0.1:{Server.Port}/{Database}",
        ["connection.username"] = "root",
        ["connection.password"] = "",
        ["insert.mode"] = "upsert",
        ["delete.enabled"] = "true",
        ["primary.key.mode"] = "record_key",
        ["schema.evolution"] = "none",
        ["collection.name.format"] = EavTable.Name,
        ["batch.size"] = "2000",
        ["consumer.override.max.poll.records"] = "2000",
        ["use.reduction.buffer"] = "true",
        ["value.converter.schemas.enable"] = "true",
    }, cancellationToken);

    /// <summary>Starts cdc-sync on the topics alone, first copy included.</summary>
    public async Task<CdcFollower> FollowTopicsAsync(CancellationToken cancellationToken) => Topics = await CdcFollower.StartAsync(
        await ServerAsync(cancellationToken), "mirror", [("Cdc__Kafka__Bootstrap", Bootstrap), ("Cdc__Kafka__TopicPrefix", Prefix)], cancellationToken);

    public override async Task HoldAsync(CancellationToken cancellationToken)
    {
        await HoldAsync(Source, cancellationToken);
        await HoldSinkAsync(cancellationToken);
    }

    public override async Task GoOnAsync(CancellationToken cancellationToken)
    {
        await GoOnAsync(Source, cancellationToken);
        await GoOnSinkAsync(cancellationToken);
    }

    public Task HoldSinkAsync(CancellationToken cancellationToken) => HoldAsync(Sink, cancellationToken);

    public Task GoOnSinkAsync(CancellationToken cancellationToken) => GoOnAsync(Sink, cancellationToken);

    public async Task WrittenAsync(long messages, CancellationToken cancellationToken)
    {
        while (Written < messages)
        {
            _ = await StateAsync(Source, cancellationToken);
            await Task.Delay(Poll, TimeProvider.System, cancellationToken);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        _offsets.Dispose();
        await (Topics?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _kafka.DisposeAsync();
        await base.DisposeAsync();
    }

    private async Task HoldAsync(string connector, CancellationToken cancellationToken)
    {
        await OrderAsync(connector, "pause", cancellationToken);
        while (await StateAsync(connector, cancellationToken) is not "PAUSED")
        {
            await Task.Delay(Poll, TimeProvider.System, cancellationToken);
        }
    }

    private Task GoOnAsync(string connector, CancellationToken cancellationToken) => OrderAsync(connector, "resume", cancellationToken);

    private async Task OrderAsync(string connector, string order, CancellationToken cancellationToken)
    {
        using var response = await _kafka.Connect.PutAsync(new Uri($"/connectors/{connector}/{order}", UriKind.Relative), null, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private async Task<string?> StateAsync(string connector, CancellationToken cancellationToken)
    {
        var status = JsonNode.Parse(await _kafka.Connect.GetStringAsync(new Uri($"/connectors/{connector}/status", UriKind.Relative), cancellationToken))!;
        var state = (string?)status["tasks"]![0]!["state"];
        return state == "FAILED" ? throw new InvalidOperationException($"The connector '{connector}' failed: {status}") : state;
    }
}
