using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Confluent.Kafka;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Relay;

/// <summary>The relay as a process between a real MariaDB and a real Kafka, killed while it works.</summary>
public sealed class RelayLiveTests
{
    private const int Rounds = 4;
    private const int ChangesPerRound = 150;

    [Fact]
    public async Task Publishes_every_change_once_though_it_is_killed()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var kafka = await KafkaServer.StartAsync(cancellation);
        await using var server = await MariaDbServer.StartAsync(cancellation);
        await server.ExecuteAsync(null, "CREATE DATABASE shop CHARACTER SET utf8mb4", cancellation);
        await server.ExecuteAsync(
            "shop",
            """
            CREATE TABLE item (id int PRIMARY KEY, v varchar(60), price decimal(12,4) NULL DEFAULT 1.5) ENGINE=InnoDB;
            CREATE TABLE other (id int PRIMARY KEY AUTO_INCREMENT, item int) ENGINE=InnoDB;
            INSERT INTO item (id, v, price) SELECT seq, CONCAT('first ', seq), NULL FROM seq_1_to_500
            """, cancellation);
        var settings = new Dictionary<string, string>
        {
            ["ConnectionStrings__Source"] = server.ConnectionString("shop"),
            ["Cdc__SourceDatabase"] = "shop",
            ["Cdc__Relay__BootstrapServers"] = kafka.BootstrapServers,
            ["Cdc__Relay__TopicPrefix"] = "shop",
            ["Cdc__Relay__ReplaceNullWithDefault"] = "false",
        };

        var random = new Random(20261122);
        for (var round = 0; round < Rounds; round++)
        {
            await using var relay = await StartAsync(settings, cancellation);
            if (round == 0)
            {
                await Eventually.TrueAsync(async () => await StateAsync(relay.Client) == "streaming", "the first copy is published", cancellation);
            }

            await WriteAsync(server, random, cancellation);
            if (round < Rounds - 1)
            {
                await relay.Process.KillAsync();
                continue;
            }

            await server.ExecuteAsync("shop", "INSERT INTO other (item) VALUES (-1)", cancellation);
            await Eventually.TrueAsync(
                () => Task.FromResult(Read(kafka).Exists(message => message.Topic == "shop.shop.other" && message.Value?.Contains("\"item\":-1", StringComparison.Ordinal) == true)),
                "the last change is published", cancellation);
        }

        var messages = Read(kafka);
        var places = messages.Where(message => message.Value is not null && message.Topic.StartsWith("shop.shop.", StringComparison.Ordinal)).Select(Place).OfType<string>().ToList();
        places.Should().OnlyHaveUniqueItems().And.HaveCountGreaterThan(Rounds * ChangesPerRound);
        foreach (var (table, columns) in new[] { ("item", "id, v, price"), ("other", "id, item") })
        {
            var rows = await TestSync.RowsAsync(server.ConnectionString("shop"), $"SELECT {columns} FROM {table} ORDER BY id");
            Replay(messages, $"shop.shop.{table}").Should().Equal(rows);
        }
    }

    private static async Task<RunningRelay> StartAsync(Dictionary<string, string> settings, CancellationToken cancellation)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        var process = ChildProcess.Start("Strangler.CdcSync", new Dictionary<string, string>(settings) { ["Urls"] = address.ToString() });
        var client = new HttpClient { BaseAddress = address };
        await process.ReadyAsync(client, new Uri(address, "/health/live"), cancellation);
        return new RunningRelay(process, client);
    }

    private static async Task<string?> StateAsync(HttpClient client) =>
        (string?)(await client.GetFromJsonAsync<JsonNode>("/relay", TestContext.Current.CancellationToken))!["state"];

    private static async Task WriteAsync(MariaDbServer server, Random random, CancellationToken cancellation)
    {
        for (var i = 0; i < ChangesPerRound; i++)
        {
            var id = random.Next(1, 700);
            await server.ExecuteAsync("shop", random.Next(5) switch
            {
                0 => $"DELETE FROM item WHERE id = {id}",
                1 => $"UPDATE item SET id = {random.Next(700, 900)}{i} WHERE id = {id}",
                2 => $"BEGIN; REPLACE INTO item VALUES ({id}, 'both', 2.25); INSERT INTO other (item) VALUES ({id}); COMMIT",
                _ => $"INSERT INTO item (id, v, price) VALUES ({id}, 'é {i}', NULL) ON DUPLICATE KEY UPDATE v = VALUES(v), price = {i}.125",
            }, cancellation);
        }
    }

    // The rows that a consumer has who takes every message in its order.
    private static List<string> Replay(List<Published> messages, string topic)
    {
        var rows = new SortedDictionary<long, string>();
        foreach (var message in messages.Where(message => message.Topic == topic))
        {
            var key = (long)JsonNode.Parse(message.Key!)!["id"]!;
            if (message.Value is null || JsonNode.Parse(message.Value)!["after"] is not JsonObject after)
            {
                rows.Remove(key);
                continue;
            }

            rows[key] = string.Join(" | ", after.Select(pair => pair.Key == "price" && pair.Value is not null ? Decimal((string)pair.Value!) : pair.Value?.ToString() ?? ""));
        }

        return [.. rows.Values];
    }

    private static string Decimal(string unscaled) =>
        ((decimal)new System.Numerics.BigInteger(Convert.FromBase64String(unscaled), isBigEndian: true) / 10000).ToString("0.0000", CultureInfo.InvariantCulture);

    private static string? Place(Published message)
    {
        var value = JsonNode.Parse(message.Value!)!;
        var source = value["source"]!;
        return (string?)source["snapshot"] != "false" ? null : $"{source["file"]}:{source["pos"]}:{source["row"]}:{value["op"]}";
    }

    private static List<Published> Read(KafkaServer kafka)
    {
        var settings = new ConsumerConfig { BootstrapServers = kafka.BootstrapServers, GroupId = "test", IsolationLevel = IsolationLevel.ReadCommitted, EnablePartitionEof = true, EnableAutoCommit = false };
        using var admin = new AdminClientBuilder(settings).Build();
        var partitions = admin.GetMetadata(TimeSpan.FromSeconds(20)).Topics.Where(topic => topic.Topic.StartsWith("shop", StringComparison.Ordinal))
            .SelectMany(topic => topic.Partitions.Select(partition => new TopicPartitionOffset(topic.Topic, partition.PartitionId, Offset.Beginning))).ToList();
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(settings).Build();
        consumer.Assign(partitions);
        var messages = new List<Published>();
        for (var open = partitions.Count; open > 0;)
        {
            var result = consumer.Consume(TestContext.Current.CancellationToken);
            if (result.IsPartitionEOF)
            {
                open--;
                continue;
            }

            messages.Add(new Published(result.Topic, Text(result.Message.Key), Text(result.Message.Value)));
        }

        return messages;
    }

    private static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);

    private sealed record Published(string Topic, string? Key, string? Value);

    private sealed class RunningRelay(ChildProcess process, HttpClient client) : IAsyncDisposable
    {
        public ChildProcess Process { get; } = process;

        public HttpClient Client { get; } = client;

        public ValueTask DisposeAsync()
        {
            Client.Dispose();
            return Process.DisposeAsync();
        }
    }
}
