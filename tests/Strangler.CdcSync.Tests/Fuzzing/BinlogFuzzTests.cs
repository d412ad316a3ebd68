using System.Text;
using Strangler.CdcSync.Binlog;
using Strangler.CdcSync.Binlog.Events;
using Strangler.CdcSync.Binlog.Spooling;
using Strangler.CdcSync.Binlog.Values;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Fuzzing;

/// <summary>Damaged events of real logs give a format error or some reading, never another failure, a hang, or memory out of proportion.</summary>
public sealed class BinlogFuzzTests
{
    private const int EventsPerLog = 4000;
    private const int LargestSample = 64 * 1024;
    private const int MapsBefore = 4;

    private static readonly string[] Logs =
    [
        "binlog-samples/mysql-bin.aurora-padding", "binlog-samples/mysql-bin.checksum-none", "binlog-samples/mysql-bin.compressed", "binlog-samples/mysqlcdc-sample.000001",
        "binlog-samples/mysql-bin.sakila.gz", "debezium/binlog/mariadb-10.11/mysql-bin.000003.gz", "debezium/binlog/mariadb-10.11/mysql-bin.000004",
        "debezium/binlog/mysql-9.7/mysql-bin.000003.gz", "debezium/binlog/mysql-9.7/mysql-bin.000004",
    ];

    private static readonly SpoolFolder Spool = new(Path.GetTempPath(), 64 << 20);

    [Fact]
    public Task Damaged_events_are_format_errors()
    {
        var (events, contexts) = Samples();
        return Fuzzer.RunAsync(new FuzzTarget("binlog events", events, 5, (sample, input) => Decode(contexts[sample], input), IsExpected));
    }

    [Fact]
    public Task Damaged_JSON_documents_are_format_errors() => Fuzzer.RunAsync(new FuzzTarget(
        "binary JSON",
        [
            Convert.FromHexString("0002002900120001001300010005010000061500610062020010000501000403000C0D00016162"),
            Convert.FromHexString("000300350019000100" + "1A0001001B000400" + "050300020C00030000" + "0561626C6F6E67020010000501000514000503000C0178"),
            Convert.FromHexString("020400190005010004010004000C120001610B0000000000000440"), Convert.FromHexString("0FF60401025F"), Convert.FromHexString("0F0C08000000CE5AB41A"),
        ],
        0,
        (_, input) =>
        {
            if (input.Length > 0)
            {
                JsonDocumentReader.ToText(input).Length.Should().BeLessThan(2_000_000);
                JsonDifference.Apply(input, ColumnValue.Of("""{"a": [1, {"b": "c"}], "d": null}"""));
            }
        },
        IsExpected));

    [Fact]
    public Task Damaged_statements_are_read_without_failure()
    {
        string[] statements =
        [
            "RENAME TABLE t TO `t``outdated`, t_replica TO t /* c */", "ALTER TABLE `shop`.`t` ADD COLUMN c int DEFAULT 'x''y\\\\', RENAME AS u", "SET STATEMENT a=1 FOR DROP TABLE IF EXISTS t, \"u\"",
            "/*!50001 CREATE OR REPLACE TABLE t (id int) */ -- end", "WITH c AS (SELECT 1) UPDATE t SET a = 'b'", "ALTER TABLE t EXCHANGE PARTITION p WITH TABLE u # end",
        ];
        return Fuzzer.RunAsync(new FuzzTarget(
            "statements", [.. statements.Select(Encoding.UTF8.GetBytes)], 0,
            (_, input) => DdlStatement.Read("shop", Encoding.UTF8.GetString(input), _ => true, []), IsExpected));
    }

    private static bool IsExpected(Exception fault) => fault is FormatException or NotSupportedException or SourceLostException;

    private static void Decode(Context context, byte[] input)
    {
        if (input.Length >= EventHeader.Size)
        {
            BitConverter.TryWriteBytes(input.AsSpan(9), input.Length);
        }

        using var assembler = RecordedLog.Assembler(new SourcePosition(context.IsMariaDb ? "mariadb" : "mysql", "mysql-bin.000001", 4, null), context.IsMariaDb, Spool);
        assembler.Accept(context.Format);
        foreach (var map in context.Maps)
        {
            assembler.Accept(map);
        }

        using var transaction = assembler.Accept(input);
        foreach (var change in transaction?.Changes ?? [])
        {
            change.Table.Name.Should().NotBeNull();
        }

        CountIsRight(context, input);
    }

    // What is spooled is counted by stepping over values: it must come to the same as decoding them.
    private static void CountIsRight(Context context, byte[] input)
    {
        var decoder = new EventDecoder(hasChecksums: false);
        decoder.Decode(context.Format);
        if (decoder.Decode(input).Event is not RowsEvent rows)
        {
            return;
        }

        foreach (var map in context.Maps.Select(map => (TableMapEvent)decoder.Decode(map).Event).Where(map => map.TableId == rows.TableId && map.HasNames))
        {
            var count = RowImages.Count(rows, map);
            var changes = new List<Change>();
            RowImages.Read(rows, map, new TableShape(map.Table, [.. map.Columns.Select(column => column.Name!)]), changes);
            if (changes.Count != count)
            {
                throw new InvalidOperationException($"{count} rows counted and {changes.Count} read");
            }
        }
    }

    // Each event with the maps before it; of events that look alike some are enough.
    private static (List<byte[]> Events, List<Context> Contexts) Samples()
    {
        var (samples, contexts) = (new List<byte[]>(), new List<Context>());
        foreach (var log in Logs)
        {
            var decoder = new EventDecoder(hasChecksums: false);
            byte[]? format = null;
            var (isMariaDb, checksum) = (false, 0);
            var maps = new List<byte[]>();
            var alike = new Dictionary<(EventType, int), int>();
            foreach (var data in BinlogFileReader.Read(RecordedLog.Bytes(log.Split('/'))).Take(EventsPerLog))
            {
                var (header, @event) = decoder.Decode(data);
                if (@event is FormatDescription description)
                {
                    (isMariaDb, checksum) = (description.IsMariaDb, description.HasChecksums ? 4 : 0);
                    format = WithoutChecksums(data.ToArray(), checksum > 0);
                    continue;
                }

                var plain = data[..^checksum].ToArray();
                BitConverter.TryWriteBytes(plain.AsSpan(9), plain.Length);
                var kind = (header.Type, plain.Length / 64);
                alike[kind] = alike.GetValueOrDefault(kind) + 1;
                if (plain.Length <= LargestSample && alike[kind] <= 3)
                {
                    samples.Add(plain);
                    contexts.Add(new Context(isMariaDb, format!, [.. maps]));
                }

                if (@event is TableMapEvent)
                {
                    maps.Add(plain);
                    maps = maps[^Math.Min(maps.Count, MapsBefore)..];
                }
            }
        }

        return (samples, contexts);
    }

    private static byte[] WithoutChecksums(byte[] format, bool hasChecksums)
    {
        if (hasChecksums)
        {
            format[^5] = 0;
        }

        return format;
    }

    private sealed record Context(bool IsMariaDb, byte[] Format, IReadOnlyList<byte[]> Maps);
}
