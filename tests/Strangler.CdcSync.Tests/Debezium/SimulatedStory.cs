using System.Globalization;
using System.Text;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium.Envelope;

namespace Strangler.CdcSync.Tests.Debezium;

/// <summary>How a connector names transactions.</summary>
public enum TransactionNames
{
    MariaDb,
    MySql,

    /// <summary>MySQL without GTIDs: by file and offset.</summary>
    Places,
}

/// <summary>One message of a story, and the partition that it goes to.</summary>
internal sealed record SimulatedMessage(string Topic, int Partition, Func<ChangeRecord> Make);

/// <summary>
/// Random transactions over three tables, as the messages that a connector writes of them, and what a reader must make of it: the number of
/// each change, by source transaction. The number is in the row, so that the order can be seen.
/// </summary>
internal sealed class SimulatedStory
{
    public const string Transactions = "shop.transaction";
    public const string Statements = "shop";

    public static readonly string[] Tables = ["parent", "child", "other"];

    private readonly Random _random;
    private readonly TransactionNames _names;
    private readonly bool _isTold;
    private readonly bool _isUnwrapped;
    private int _change;
    private long _offset = 4;
    private int _file = 1;

    public SimulatedStory(Random random, TransactionNames names, bool isTold, bool isUnwrapped, int transactions)
    {
        (_random, _names, _isTold, _isUnwrapped) = (random, names, isTold, isUnwrapped);
        PartitionsOf = Tables.Append(Transactions).ToDictionary(table => table, _ => random.Next(1, 4));
        PartitionsOf[Statements] = 1;
        for (var i = 1; i <= transactions; i++)
        {
            Add(i, isLast: i == transactions);
        }
    }

    public Dictionary<string, int> PartitionsOf { get; }

    public List<SimulatedMessage> Messages { get; } = [];

    /// <summary>The changes of each transaction that has any of interest.</summary>
    public List<int[]> Expected { get; } = [];

    private void Add(int number, bool isLast)
    {
        _file += _random.Next(20) == 0 ? 1 : 0;
        _offset = _random.Next(20) == 0 ? 4 : _offset + 100;
        if (_offset == 4)
        {
            _file++;
        }

        var (file, begin) = ($"mysql-bin.{_file:D6}", _offset);
        var gtid = _names switch { TransactionNames.MariaDb => $"0-1-{number}", TransactionNames.MySql => $"11111111-2222-3333-4444-555555555555:{number}", _ => null };
        var id = gtid ?? $"file={file},pos={begin}";
        // A statement is known to be complete when another transaction begins.
        var kind = isLast ? 9 : _random.Next(10);
        if (kind == 0)
        {
            // Of no interest, and still told.
            Tell(id, number, "BEGIN", null);
            Tell(id, number, "END", _random.Next(2) == 0 ? "" : """{"data_collection":"store.unwanted","event_count":2}""");
            return;
        }

        if (kind == 1)
        {
            AddStatement(number, id, gtid, file);
            return;
        }

        Tell(id, number, "BEGIN", null);
        var changes = new List<int>();
        var counts = new Dictionary<string, int>();
        var order = 0;
        for (var left = _random.Next(1, 7); left > 0; left--)
        {
            var table = Tables[_random.Next(Tables.Length)];
            var (key, newKey) = (_random.Next(1, 6), _random.Next(6, 9));
            _offset += 10;
            switch (_random.Next(5))
            {
                case 0:
                    changes.Add(Row(table, 'd', key, ++order, header: 0));
                    counts[table] = counts.GetValueOrDefault(table) + 1;
                    break;
                case 1 when !_isUnwrapped:
                    Row(table, 'd', key, ++order, header: newKey);
                    changes.Add(Row(table, 'c', newKey, ++order, header: key));
                    counts[table] = counts.GetValueOrDefault(table) + 2;
                    break;
                default:
                    changes.Add(Row(table, 'u', key, ++order, header: 0));
                    counts[table] = counts.GetValueOrDefault(table) + 1;
                    break;
            }
        }

        Tell(id, number, "END", string.Join(',', counts.Select(table => $$"""{"data_collection":"store.{{table.Key}}","event_count":{{table.Value}}}""")));
        Expected.Add([.. changes]);

        int Row(string table, char operation, int key, int total, int header)
        {
            var (change, offset) = (++_change, _offset);
            var image = Json($$"""{"id":{{key}},"n":{{change}}}""");
            Messages.Add(new SimulatedMessage(table, key % PartitionsOf[table], () => new ChangeRecord
            {
                Kind = RecordKind.Row,
                Operation = operation,
                Table = new TableName("store", table),
                Before = operation == 'c' ? default : image,
                After = operation == 'd' ? default : image,
                Key = Json($$"""{"id":{{key}}}"""),
                File = file,
                Offset = offset,
                Row = operation == 'c' ? 1 : 0,
                Gtid = gtid,
                Transaction = _isTold && !_isUnwrapped ? id : null,
                TotalOrder = _isTold && !_isUnwrapped ? total : 0,
                IsUnwrapped = _isUnwrapped,
                IsHalfOfKeyChange = operation == 'd' && header > 0,
                OldKey = operation == 'c' ? Json($$"""{"id":{{header}}}""") : default,
                Connector = _names == TransactionNames.MariaDb ? "mariadb" : "mysql",
                Bytes = 100,
            }));
            return change;
        }
    }

    // MariaDB gives a statement a BEGIN and never an END, MySQL neither.
    private void AddStatement(int number, string id, string? gtid, string file)
    {
        if (_names == TransactionNames.MariaDb)
        {
            Tell(id, number, "BEGIN", null);
        }

        var (change, offset) = (++_change, _offset += 10);
        var payload = Json($$"""{"source":{},"databaseName":"store","ddl":"ALTER TABLE other ADD COLUMN c{{change}} int","tableChanges":[]}""");
        Messages.Add(new SimulatedMessage(Statements, 0, () => new ChangeRecord
        {
            Kind = RecordKind.SchemaChange,
            Payload = payload,
            Key = Json("""{"databaseName":"store"}"""),
            File = file,
            Offset = offset,
            Gtid = gtid,
            Bytes = 100,
            Connector = _names == TransactionNames.MariaDb ? "mariadb" : "mysql",
        }));
        Expected.Add([change]);
    }

    private void Tell(string id, int number, string status, string? counts)
    {
        if (!_isTold)
        {
            return;
        }

        var payload = Json($$"""{"status":"{{status}}","id":"{{id}}","data_collections":{{(counts is null ? "null" : $"[{counts}]")}},"ts_ms":1}""");
        Messages.Add(new SimulatedMessage(Transactions, number * 7 % PartitionsOf[Transactions], () => new ChangeRecord { Kind = RecordKind.Nothing, Payload = payload, Bytes = 100 }));
    }

    /// <summary>The number of a change that was handed on.</summary>
    public static int NumberOf(Change change) => change switch
    {
        RowChange row => int.Parse((row.After ?? row.Before)![1].ToString(), CultureInfo.InvariantCulture),
        TableChange { Statement: var statement } => int.Parse(statement.AsSpan("ALTER TABLE other ADD COLUMN c".Length, statement.Length - "ALTER TABLE other ADD COLUMN c int".Length), NumberStyles.None, CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException($"{change} is not of the story."),
    };

    private static byte[] Json(string text) => Encoding.UTF8.GetBytes(text);
}
