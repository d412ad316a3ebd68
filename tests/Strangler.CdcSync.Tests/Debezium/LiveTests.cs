using MySqlConnector;
using Strangler.CdcSync.Debezium;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Debezium;

/// <summary>A real server, a real Debezium and a real Kafka: beside the reader of the log the reader of the topics makes the same mirror.</summary>
public sealed class LiveTests(SharedServers servers, LiveKafka live) : IClassFixture<LiveKafka>
{
    private const int Writers = 3;
    private const int TransactionsPerWriter = 80;

    private const string Schema =
        """
        CREATE TABLE parent (id int PRIMARY KEY, name varchar(20)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        CREATE TABLE child (id bigint unsigned AUTO_INCREMENT PRIMARY KEY, parent_id int NULL, v decimal(12,4), note text, at datetime(6) NULL, FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE CASCADE) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        CREATE TABLE grandchild (code varchar(20) COLLATE utf8mb4_bin NOT NULL, child_id bigint unsigned NOT NULL, n int, PRIMARY KEY (code, child_id), FOREIGN KEY (child_id) REFERENCES child (id) ON DELETE CASCADE) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        INSERT INTO parent SELECT seq, CONCAT('parent ', seq) FROM (WITH RECURSIVE s (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM s WHERE seq < 100) SELECT seq FROM s) AS numbers;
        INSERT INTO child (parent_id, v, note) SELECT p.id, p.id * q.id / 7, REPEAT('n', q.id % 50) FROM parent p JOIN parent q ON q.id <= 10;
        INSERT INTO grandchild SELECT CONCAT('Code', id % 300), id, id FROM child;
        """;

    private static readonly string[] Tables = ["parent", "child", "grandchild"];

    [Theory]
    [InlineData("mariadb", "no_data", true, 1)]
    [InlineData("mariadb", "initial", false, 2)]
    [InlineData("mysql", "initial", true, 3)]
    [InlineData("mysql", "initial", false, 4)]
    public async Task Log_and_topics_give_the_same_mirror(string kind, string snapshot, bool withSource, int seed)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var kafka = await live.StartedAsync();
        var prefix = $"live{seed}";
        // Servers of their own: a connector locks and reads all that a server has.
        await using var mariaDb = kind == "mysql" ? null : await MariaDbServer.StartAsync(cancellation);
        await using var mySql = kind == "mysql" ? await MySqlServer.StartAsync(cancellation) : null;
        var target = await servers.MariaDbAsync(cancellation);
        await using var log = await TestSync.CreateAsync(database => mariaDb?.ConnectionString(database) ?? mySql!.ConnectionString(database), target.ConnectionString, Schema, TestSync.Subscribe(Tables));
        await kafka.CreateConnectorAsync(prefix, Connector(kind, prefix, log, kafka.BootstrapServers, snapshot), cancellation);
        await using var topics = await TestSync.FromTopicsAsync(
            target.ConnectionString, log.SourceDatabase, TestSync.Subscribe(Tables),
            options => options.Kafka = new KafkaOptions { Bootstrap = kafka.BootstrapServers, TopicPrefix = prefix, MetadataSeconds = 0.2 });
        topics.Source = withSource ? log.Source : "";

        await log.StartAsync();
        var writers = Enumerable.Range(0, Writers).Select(writer => WriteAsync(log, new Random((seed * 100) + writer), writer)).ToList();
        await topics.StartAsync();
        await Eventually.TrueAsync(() => Task.FromResult(topics.Context.Progress.Sequence > 3), "it reads", cancellation);
        await topics.StopAsync();
        await topics.StartAsync();
        await Task.WhenAll(writers);
        await log.AtSourceAsync("ALTER TABLE parent ADD COLUMN extra varchar(10) NULL; INSERT INTO parent (id, name, extra) VALUES (999999, 'last', 'é')");

        await log.StreamingAsync();
        await log.CaughtUpAsync();
        await Eventually.TrueAsync(
            async () => (await TestSync.RowsAsync(topics.Target, "SELECT COUNT(*) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'parent' AND COLUMN_NAME = 'extra'")) is ["1"]
                && (await TestSync.RowsAsync(topics.Target, "SELECT extra FROM parent WHERE id = 999999")) is ["é"] && topics.Context.State == "streaming",
            "the last row is there", cancellation, TimeSpan.FromSeconds(90));
        topics.Source = log.Source;
        if (withSource)
        {
            await topics.CaughtUpAsync();
        }

        foreach (var table in Tables)
        {
            await log.ShouldMirrorAsync(table);
            await topics.ShouldMirrorAsync(table);
        }

        (await kafka.Connect.DeleteAsync(new Uri($"/connectors/{prefix}", UriKind.Relative), cancellation)).EnsureSuccessStatusCode();
    }

    private static Dictionary<string, string> Connector(string kind, string prefix, TestSync sync, string bootstrap, string snapshot)
    {
        var source = new MySqlConnectionStringBuilder(sync.Source);
        return new Dictionary<string, string>
        {
            ["connector.class"] = kind == "mysql" ? "io.debezium.connector.mysql.MySqlConnector" : "io.debezium.connector.mariadb.MariaDbConnector",
            ["tasks.max"] = "1",
            ["database.hostname"] = "127.0.0.1",
            ["database.port"] = $"{source.Port}",
            ["database.user"] = source.UserID,
            ["database.password"] = source.Password,
            ["database.server.id"] = "7301",
            ["topic.prefix"] = prefix,
            ["database.include.list"] = sync.SourceDatabase,
            ["schema.history.internal.kafka.bootstrap.servers"] = bootstrap,
            ["schema.history.internal.kafka.topic"] = $"history.{prefix}",
            ["key.converter"] = "org.apache.kafka.connect.json.JsonConverter",
            ["value.converter"] = "org.apache.kafka.connect.json.JsonConverter",
            ["key.converter.schemas.enable"] = "false",
            ["value.converter.schemas.enable"] = "false",
            ["snapshot.mode"] = snapshot,
            ["provide.transaction.metadata"] = "true",
            ["skipped.operations"] = "none",
            ["poll.interval.ms"] = "20",
        };
    }

    private static Task WriteAsync(TestSync sync, Random random, int writer) =>
        RandomTransactions.WriteAsync(sync.Source, random, TransactionsPerWriter, round => Statement(random, writer, round));

    private static string Statement(Random random, int writer, int round)
    {
        var (parent, child) = (random.Next(1, 130), random.Next(1, 1200));
        return FormattableString.Invariant(random.Next(10) switch
        {
            0 => (FormattableString)$"INSERT INTO parent VALUES ({parent}, 'new {round}')",
            1 => $"DELETE FROM parent WHERE id = {parent}",
            2 => $"UPDATE parent SET id = id + 1000 WHERE id = {parent}",
            3 => $"UPDATE parent SET name = '{round}' WHERE id BETWEEN {parent} AND {parent + 5}",
            4 or 5 => $"INSERT INTO child (parent_id, v, note, at) SELECT MIN(id), {child} / 3, 'w{writer} é', NOW(6) FROM parent WHERE id >= {parent}",
            6 => $"UPDATE child SET v = v + 1, note = CONCAT(note, 'é') WHERE id BETWEEN {child} AND {child + 20}",
            7 => $"DELETE FROM child WHERE id BETWEEN {child} AND {child + 3}",
            8 => $"UPDATE grandchild SET code = UPPER(code) WHERE child_id BETWEEN {child} AND {child + 5}",
            _ => $"REPLACE INTO grandchild SELECT 'again', id, {round} FROM child WHERE id BETWEEN {child} AND {child + 3}",
        });
    }
}

/// <summary>One Kafka with Connect for the tests of a class, started when the first asks.</summary>
public sealed class LiveKafka : IAsyncLifetime
{
    private KafkaServer? _server;

    public async Task<KafkaServer> StartedAsync()
    {
        if (_server is null)
        {
            _server = await KafkaServer.StartAsync(TestContext.Current.CancellationToken);
            await _server.StartConnectAsync(TestContext.Current.CancellationToken);
        }

        return _server;
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
