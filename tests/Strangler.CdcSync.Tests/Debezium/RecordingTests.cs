using Strangler.CdcSync.Debezium;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Debezium;

/// <summary>
/// One truth: the mirror made of what a real connector wrote, in each of its configurations, is what the server itself had in the end, column by
/// column, save for what the configuration is known to lose.
/// </summary>
public sealed class RecordingTests(SharedServers servers)
{
    private static readonly string[] Types = ["zz_types", "zz_composite", "zz_bulk", "zz_parent", "zz_child", "zz_note"];

    public static TheoryData<string> Recordings =>
        ["mariadb-plain", "mariadb-schema", "mariadb-string", "mariadb-double", "mariadb-unwrapped", "mariadb-onetopic", "mariadb-redelivered", "mysql-plain", "mysql-schema", "mariadb-avro", "mysql-avro"];

    [Theory]
    [MemberData(nameof(Recordings))]
    public async Task The_mirror_is_the_servers_end_state(string name)
    {
        await using var registry = name.EndsWith("-avro", StringComparison.Ordinal) ? await FakeRegistry.StartAsync() : null;
        using var kafka = new MockKafka();
        kafka.Write(Recording.Read(name), Partition);
        var target = await servers.MariaDbAsync(TestContext.Current.CancellationToken);
        var state = await EndStateAsync(name[..name.IndexOf('-', StringComparison.Ordinal)]);
        await using var sync = await TestSync.FromTopicsAsync(target.ConnectionString, "magento", TestSync.Subscribe(Types), options => options.Kafka = Options(name, kafka.Bootstrap, registry?.Address));
        await sync.StartAsync();
        await sync.StreamingAsync();

        foreach (var table in Types)
        {
            var named = sync.Service.Kafka!.Warnings.Of(table);
            foreach (var column in await ColumnsAsync(state, table))
            {
                var key = string.Join(", ", await KeyAsync(state, table));
                // The topics do not tell that the distributed transaction of this row was rolled back.
                var where = table == "zz_bulk" ? " WHERE id <> 5006" : "";
                var sql = $"SELECT {key}, HEX(CONCAT(`{column}`)) FROM `{table}`{where} ORDER BY {key}";
                var expected = await TestSync.RowsAsync(state, sql);
                var found = await TestSync.RowsAsync(sync.Target, sql);
                if (found.SequenceEqual(expected))
                {
                    continue;
                }

                string.Join('\n', found.Except(expected).Take(3)).Should().Be(
                    named.Any(warning => warning.StartsWith($"{column}: ", StringComparison.Ordinal)) ? string.Join('\n', found.Except(expected).Take(3)) : string.Join('\n', expected.Except(found).Take(3)),
                    "{0}.{1} of {2} is not named as lossy", table, column, name);
            }
        }
    }

    private static int Partition(RecordedMessage message) => message.Topic.Contains(".magento.", StringComparison.Ordinal) && message.Key is { } key
        ? (int)(System.IO.Hashing.XxHash3.HashToUInt64(key) % MockKafka.Partitions)
        : 0;

    private static KafkaOptions Options(string name, string bootstrap, string? registry)
    {
        var options = new KafkaOptions { Bootstrap = bootstrap, TopicPrefix = name, SchemaRegistry = registry };
        switch (name)
        {
            case "mariadb-double":
                (options.DecimalHandling, options.TimePrecision, options.BinaryHandling) = ("double", "isostring", "hex");
                break;
            case "mariadb-string":
                (options.DecimalHandling, options.TimePrecision, options.BinaryHandling, options.BigintUnsignedHandling) = ("string", "connect", "base64", "precise");
                break;
            case "mariadb-onetopic":
                options.TopicPattern = @"mariadb-onetopic\.all";
                break;
        }

        return options;
    }

    /// <summary>The server's own rows when the connector had read all it could: what extreme.sql did after that is undone.</summary>
    private async Task<string> EndStateAsync(string kind)
    {
        var database = SharedServers.NewDatabase("state");
        var file = RepositoryPaths.RequireShared("debezium", "state", $"{kind}-zz-end.sql.gz");
        string server;
        if (kind == "mysql")
        {
            var mySql = await servers.MySqlAsync(TestContext.Current.CancellationToken);
            server = mySql.ConnectionString(database);
            await TestSync.ExecuteAsync(mySql.ConnectionString(null), $"CREATE DATABASE {database} CHARACTER SET utf8mb4");
            await TestSync.ExecuteAsync(server, "SET sql_mode = ''; " + await Dump.ReadAsync(file));
        }
        else
        {
            var mariaDb = await servers.MariaDbAsync(TestContext.Current.CancellationToken);
            server = mariaDb.ConnectionString(database);
            await TestSync.ExecuteAsync(mariaDb.ConnectionString(null), $"CREATE DATABASE {database} CHARACTER SET utf8mb4");
            await mariaDb.LoadAsync(database, file, TestContext.Current.CancellationToken);
        }

        await TestSync.ExecuteAsync(
            server,
            """
            UPDATE zz_types SET ti = 127 WHERE id = 2;
            UPDATE zz_bulk SET n = 2 WHERE id = 1;
            UPDATE zz_bulk SET n = n - 100 WHERE id = 5;
            INSERT INTO zz_bulk VALUES (3, CONCAT('row 3 ', REPEAT('x', 50)), 4);
            DELETE FROM zz_bulk WHERE id = 9999 OR id >= 20000;
            """);
        return server;
    }

    private static Task<List<string>> ColumnsAsync(string connectionString, string table) => TestSync.RowsAsync(
        connectionString, $"SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{table}' ORDER BY ORDINAL_POSITION");

    private static Task<List<string>> KeyAsync(string connectionString, string table) => TestSync.RowsAsync(
        connectionString, $"SELECT COLUMN_NAME FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = '{table}' AND INDEX_NAME = 'PRIMARY' ORDER BY SEQ_IN_INDEX");
}
