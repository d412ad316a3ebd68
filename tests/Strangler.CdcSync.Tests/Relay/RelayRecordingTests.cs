using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using MySqlConnector;
using Strangler.CdcSync.Binlog;
using Strangler.CdcSync.Binlog.Events;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Positions;
using Strangler.CdcSync.Relay;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Relay;

/// <summary>
/// The relay, fed with the binary log of a recorded story, beside what Debezium wrote of it: every message of every topic in its order, with key,
/// value and headers. Left aside are the connector's version, the time of processing, and what did not come from the log (first copies).
/// </summary>
public sealed class RelayRecordingTests
{
    private static readonly string[] Excluded =
        [@"magento\..*_(cl|replica|tmp|idx)", @"magento\.catalog_(product|category_product)_index_.*", @"magento\.catalogsearch_fulltext_scope.*", @"magento\.core_config_data", @"magento\.oauth_.*", @"magento\.integration", @"magento\.admin_.*"];

    [Fact]
    public async Task Publishes_what_Debezium_published_of_MariaDB()
    {
        string[] recordings = ["mariadb-plain", "mariadb-schema", "mariadb-string", "mariadb-double", "mariadb-onetopic", "mariadb-unwrapped"];
        var expected = recordings.ToDictionary(name => name, Recorded);
        var cancellation = TestContext.Current.CancellationToken;
        await using var server = await MariaDbServer.StartAsync(cancellation);
        await server.ExecuteAsync(null, "CREATE DATABASE magento CHARACTER SET latin1", cancellation);
        await server.LoadAsync("magento", RepositoryPaths.RequireShared("magento", "db", "magento-schema.sql.gz"), cancellation);
        await CompareAsync(expected, "mariadb", "mariadb-10.11", server.ConnectionString("magento"), cancellation);
    }

    [Fact]
    public async Task Publishes_what_Debezium_published_of_MySQL()
    {
        string[] recordings = ["mysql-plain", "mysql-schema"];
        var expected = recordings.ToDictionary(name => name, Recorded);
        var cancellation = TestContext.Current.CancellationToken;
        await using var server = await MySqlServer.StartAsync(cancellation);
        await server.ExecuteAsync(null, "CREATE DATABASE magento CHARACTER SET utf8mb4", cancellation);
        await server.LoadAsync("magento", RepositoryPaths.RequireShared("magento", "db", "magento-schema.sql.gz"), cancellation);
        await CompareAsync(expected, "mysql", "mysql-9.7", server.ConnectionString("magento"), cancellation);
    }

    [Fact]
    public async Task Copies_first_what_Debezium_copied_first()
    {
        var expected = new Dictionary<string, List<string>>();
        foreach (var (topic, key, value) in RecordedCopies("mariadb-plain"))
        {
            expected.TryAdd(topic, []);
            expected[topic].Add(Copied(key, value));
        }

        var cancellation = TestContext.Current.CancellationToken;
        await using var server = await MariaDbServer.StartAsync(cancellation);
        await server.ExecuteAsync(null, "CREATE DATABASE magento CHARACTER SET latin1", cancellation);
        await server.LoadAsync("magento", RepositoryPaths.RequireShared("magento", "db", "magento-schema.sql.gz"), cancellation);
        await server.LoadAsync("magento", RepositoryPaths.RequireShared("magento", "db", "magento-data.sql.gz"), cancellation);
        var catalog = new RelayCatalog(server.ConnectionString("magento"), "magento");
        await catalog.LoadAsync(cancellation);
        await using var positions = new SourcePositionReader(server.ConnectionString("magento"));
        var snapshot = new RelaySnapshot(
            new MySqlConnectionStringBuilder(server.ConnectionString("magento")), Options("mariadb-plain"), "magento", catalog, positions, TimeProvider.System);

        var copied = new Dictionary<string, List<string>>();
        await snapshot.ReadAsync(
            (messages, _) =>
            {
                foreach (var message in messages)
                {
                    copied.TryAdd(message.Topic, []);
                    copied[message.Topic].Add(Copied(Text(message.Key), Text(message.Value)!));
                }

                return Task.CompletedTask;
            },
            cancellation);

        copied.Remove("mariadb-plain.magento.debezium_signal");
        copied.Keys.Order().Should().Equal(expected.Keys.Order());
        copied.Values.Sum(rows => rows.Count).Should().BeGreaterThan(80_000);
        foreach (var (topic, rows) in expected)
        {
            copied[topic].Except(rows).Take(3).Should().BeEmpty("of {0} Debezium wrote {1}", topic, rows.Except(copied[topic]).FirstOrDefault());
            copied[topic].Should().HaveSameCount(rows);
        }
    }

    private static IEnumerable<(string Topic, string? Key, string Value)> RecordedCopies(string recording)
    {
        using var file = new GZipStream(File.OpenRead(RepositoryPaths.RequireShared("debezium", "recordings", $"{recording}.jsonl.gz")), CompressionMode.Decompress);
        using var reader = new StreamReader(file);
        while (reader.ReadLine() is { } line)
        {
            var message = JsonNode.Parse(line)!;
            var topic = (string)message["topic"]!;
            if ((string?)message["value"] is { } value && topic.Contains(".magento.", StringComparison.Ordinal) && IsCopied(value)
                && (string?)JsonNode.Parse(value)!["source"]!["snapshot"] != "incremental" && !topic.EndsWith("debezium_signal", StringComparison.Ordinal))
            {
                yield return (topic, (string?)message["key"], value);
            }
        }
    }

    // Debezium walks through a table in another order, so which row is marked as a table's first is another's.
    private static string Copied(string? key, string value)
    {
        var node = JsonNode.Parse(value)!;
        return $"{JsonNode.Parse(key ?? "null")?.ToJsonString()} {node["op"]} {node["before"]?.ToJsonString()} {node["after"]!.ToJsonString()}";
    }

    private static async Task CompareAsync(
        Dictionary<string, Dictionary<string, List<Message>>> recordings, string kind, string log, string connectionString, CancellationToken cancellation)
    {
        var bytes = RecordedLog.Bytes("debezium", "binlog", log, "mysql-bin.000003.gz");
        var published = await PublishAsync([.. recordings.Keys.Select(Options)], bytes, kind, connectionString, cancellation);
        var faults = new List<string>();
        foreach (var (recording, expected) in recordings)
        {
            foreach (var topic in expected.Keys.Union(published[recording].Keys).Order(StringComparer.Ordinal))
            {
                Compare(topic, expected.GetValueOrDefault(topic, []), published[recording].GetValueOrDefault(topic, []), faults);
            }

            published[recording].Values.Sum(messages => messages.Count).Should().BeGreaterThan(3000);
        }

        string.Join('\n', faults).Should().BeEmpty();
    }

    private static RelayOptions Options(string recording) => new()
    {
        TopicPrefix = recording,
        IncludeTables = [@"magento\..*"],
        ExcludeTables = [.. Excluded],
        Schemas = recording.EndsWith("-schema", StringComparison.Ordinal),
        TransactionMetadata = recording.EndsWith("-plain", StringComparison.Ordinal) || recording == "mariadb-onetopic",
        SingleTopic = recording == "mariadb-onetopic" ? "all" : "",
        Unwrap = recording == "mariadb-unwrapped",
        UnwrapFields = recording == "mariadb-unwrapped" ? ["op", "source.ts_ms", "source.file", "source.pos", "source.gtid"] : [],
        UnwrapHeaders = recording == "mariadb-unwrapped" ? ["db", "table"] : [],
        TruncateEvents = recording.EndsWith("-plain", StringComparison.Ordinal) || recording.EndsWith("-schema", StringComparison.Ordinal),
        DecimalHandlingMode = recording switch { "mariadb-string" => DecimalHandling.String, "mariadb-double" => DecimalHandling.Double, _ => DecimalHandling.Precise },
        TimePrecisionMode = recording switch { "mariadb-string" => TimePrecision.Connect, "mariadb-double" => TimePrecision.IsoString, _ => TimePrecision.AdaptiveTimeMicroseconds },
        BinaryHandlingMode = recording switch { "mariadb-string" => BinaryHandling.Base64, "mariadb-double" => BinaryHandling.Hex, _ => BinaryHandling.Bytes },
        BigintUnsignedHandlingMode = recording == "mariadb-string" ? UnsignedBigIntHandling.Precise : UnsignedBigIntHandling.Long,
        TombstonesOnDelete = recording != "mariadb-double",
    };

    private static async Task<Dictionary<string, Dictionary<string, List<Message>>>> PublishAsync(
        List<RelayOptions> relays, byte[] log, string kind, string connectionString, CancellationToken cancellation)
    {
        var catalog = new RelayCatalog(connectionString, "magento");
        await catalog.LoadAsync(cancellation);
        var from = new SourcePosition(kind, "mysql-bin.000003", 4, null);
        var translators = relays.ToDictionary(
            options => options.TopicPrefix, options => new RelayTranslator(options, "magento", catalog, from, new EventDecoder(hasChecksums: false), TimeProvider.System));
        var follower = new EventDecoder(hasChecksums: false);
        var published = relays.ToDictionary(options => options.TopicPrefix, _ => new Dictionary<string, List<Message>>());
        var output = new List<RelayMessage>();
        await using var connection = new MySqlConnection(new MySqlConnectionStringBuilder(connectionString) { AllowUserVariables = true }.ConnectionString);
        await connection.OpenAsync(cancellation);
        await connection.ExecuteAsync("SET foreign_key_checks = 0, sql_mode = ''");
        foreach (var data in BinlogFileReader.Read(log))
        {
            if (follower.Decode(data).Event is QueryEvent { Database: "magento" } query && IsDefinition(query.Sql))
            {
                // The source's catalogue is that of the moment, as it is for a relay that keeps up.
                await connection.ExecuteAsync(query.Sql);
                await catalog.LoadAsync(cancellation);
            }

            foreach (var (name, translator) in translators)
            {
                translator.Accept(data, output);
                foreach (var message in output)
                {
                    published[name].TryAdd(message.Topic, []);
                    published[name][message.Topic].Add(new Message(
                        Text(message.Key), Text(message.Value), [.. message.Headers.Select(header => $"{header.Name}={Text(header.Value)}")]));
                }

                output.Clear();
            }
        }

        return published;
    }

    private static bool IsDefinition(string sql)
    {
        var text = sql.TrimStart();
        return Array.Exists(["CREATE TABLE", "ALTER TABLE", "DROP TABLE", "RENAME TABLE"], start => text.StartsWith(start, StringComparison.OrdinalIgnoreCase));
    }

    private static Dictionary<string, List<Message>> Recorded(string recording)
    {
        var topics = new Dictionary<string, List<Message>>();
        using var file = new GZipStream(File.OpenRead(RepositoryPaths.RequireShared("debezium", "recordings", $"{recording}.jsonl.gz")), CompressionMode.Decompress);
        using var reader = new StreamReader(file);
        while (reader.ReadLine() is { } line)
        {
            var message = JsonNode.Parse(line)!;
            var topic = (string)message["topic"]!;
            var value = (string?)message["value"];
            if (topic.StartsWith("__debezium-heartbeat", StringComparison.Ordinal) || IsCopied(value) || IsRolledBack(recording, topic, (string?)message["key"]))
            {
                continue;
            }

            topics.TryAdd(topic, []);
            topics[topic].Add(new Message((string?)message["key"], value, [.. message["headers"]!.AsArray().Select(header => $"{header![0]}={header[1]}")]));
        }

        return topics;
    }

    // Debezium's MySQL connector publishes the rows of a distributed transaction when it is prepared, and of one that is rolled back as well.
    private static bool IsRolledBack(string recording, string topic, string? key) =>
        recording.StartsWith("mysql", StringComparison.Ordinal) && topic.EndsWith(".zz_bulk", StringComparison.Ordinal) && key!.Contains("\"id\":5006}", StringComparison.Ordinal);

    private static bool IsCopied(string? value)
    {
        if (value is null)
        {
            return false;
        }

        var node = JsonNode.Parse(value)!;
        var snapshot = (string?)(node["payload"] ?? node)["source"]?["snapshot"];
        return snapshot is not (null or "false");
    }

    private static void Compare(string topic, List<Message> expected, List<Message> published, List<string> faults)
    {
        for (var i = 0; i < Math.Max(expected.Count, published.Count) && faults.Count < 60; i++)
        {
            var (wanted, got) = (i < expected.Count ? expected[i] : null, i < published.Count ? published[i] : null);
            if (wanted is null || got is null)
            {
                faults.Add($"{topic}: {expected.Count} messages expected, {published.Count} published; first beyond: {Short((wanted ?? got)!.Value)}");
                return;
            }

            var difference = Difference("key", Normal(wanted.Key), Normal(got.Key)) ?? Difference("value", Normal(wanted.Value), Normal(got.Value))
                ?? (wanted.Headers.SequenceEqual(got.Headers) ? null : $"headers {string.Join(' ', wanted.Headers)} | {string.Join(' ', got.Headers)}");
            if (difference is not null)
            {
                faults.Add($"{topic}[{i}] {difference}");
                return;
            }
        }
    }

    private static string? Difference(string path, JsonNode? expected, JsonNode? got)
    {
        if (expected is JsonObject left && got is JsonObject right)
        {
            var names = left.Select(pair => pair.Key).ToList();
            if (!names.SequenceEqual(right.Select(pair => pair.Key)))
            {
                return $"{path}: fields {string.Join(',', names)} | {string.Join(',', right.Select(pair => pair.Key))}";
            }

            return names.Select(name => Difference($"{path}.{name}", left[name], right[name])).FirstOrDefault(difference => difference is not null);
        }

        if (expected is JsonArray first && got is JsonArray second && first.Count == second.Count)
        {
            return first.Select((item, i) => Difference($"{path}[{i}]", item, second[i])).FirstOrDefault(difference => difference is not null);
        }

        return JsonNode.DeepEquals(expected, got) || IsSameFloat(path, expected, got) ? null : $"{path}: {Short(expected?.ToJsonString())} | {Short(got?.ToJsonString())}";
    }

    // Java writes the smallest numbers with one digit more.
    private static bool IsSameFloat(string path, JsonNode? expected, JsonNode? got) =>
        expected?.ToJsonString() is { } left && got?.ToJsonString() is { } right && left.Contains('E', StringComparison.Ordinal) && right.Contains('E', StringComparison.Ordinal)
        && double.TryParse(left, CultureInfo.InvariantCulture, out var first) && double.TryParse(right, CultureInfo.InvariantCulture, out var second)
        && (first.Equals(second) || (path.EndsWith(".f", StringComparison.Ordinal) && ((float)first).Equals((float)second)));

    // What a relay cannot know or must not claim: versions and the time of its own work.
    private static JsonNode? Normal(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var node = JsonNode.Parse(text);
        if ((node?["payload"] ?? node) is JsonObject { } counts && counts.ContainsKey("data_collections") && counts["status"] is { } status)
        {
            // Debezium's BEGIN, and the END of an empty transaction, carry the time of the event before it, and its counts stand in no order.
            counts["ts_ms"] = (string?)status == "BEGIN" || (int?)counts["event_count"] == 0 ? 0 : counts["ts_ms"]!.DeepClone();
            counts["data_collections"] = counts["data_collections"] is JsonArray collections
                ? new JsonArray([.. collections.Select(item => item!.DeepClone()).OrderBy(item => (string?)item["data_collection"], StringComparer.Ordinal)])
                : null;
        }

        if ((node?["payload"] ?? node) is JsonObject message && message["source"] is JsonObject source)
        {
            source["version"] = "";
            foreach (var name in (string[])["ts_ms", "ts_us", "ts_ns"])
            {
                if (message.ContainsKey(name))
                {
                    message[name] = 0;
                }
            }

            if (message.ContainsKey("ddl"))
            {
                source["row"] = 0;
                source["table"] = string.Join(',', ((string?)source["table"] ?? "").Split(',').Order(StringComparer.Ordinal));
                Described(message);
            }
        }

        return node;
    }

    // The catalogue describes a table in its own words: widths of integers, comments and ways of writing defaults are the statement's.
    private static void Described(JsonObject message)
    {
        foreach (var column in message["tableChanges"]!.AsArray().SelectMany(change => change!["table"]?["columns"]?.AsArray() ?? []))
        {
            column!["comment"] = null;
            column["defaultValueExpression"] = null;
            if (((string)column["typeName"]!).Contains("INT", StringComparison.Ordinal) || (string)column["typeName"]! is "YEAR" or "BIT")
            {
                column["length"] = null;
            }
        }

        foreach (var table in message["tableChanges"]!.AsArray().Select(change => change!["table"]).OfType<JsonObject>())
        {
            table["comment"] = null;
            table["defaultCharsetName"] = null;
        }
    }

    private static string Short(string? text) => text is null ? "null" : text.Length > 300 ? text[..300] + "…" : text;

    private static string? Text(byte[]? bytes) => bytes is null ? null : Encoding.UTF8.GetString(bytes);

    private sealed record Message(string? Key, string? Value, string[] Headers);
}
