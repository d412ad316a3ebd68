using System.Buffers;
using MySqlConnector;
using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Binlog.Protocol;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Snapshot;

/// <summary>
/// Rows passed from the source's text result to the target's LOAD DATA byte by byte: no value is decoded save those of the key. Text columns travel in their
/// own character set.
/// </summary>
internal sealed class RawRows
{
    private static readonly SearchValues<byte> Special = SearchValues.Create("\\\t\n\0"u8);

    private readonly IReadOnlyList<ColumnDefinition> _columns;
    private readonly int[] _keyPlaces;
    private readonly int _keyLength;
    private readonly ArrayBufferWriter<byte> _bytes = new(256 * 1024);
    private readonly List<int> _ends = [];
    private readonly List<RowKey> _keys = [];

    public RawRows(TableDefinition table)
    {
        _columns = table.Columns;
        _keyLength = table.Key!.Count;
        _keyPlaces = [.. table.Columns.Select(column => table.Key.ToList().FindIndex(name => string.Equals(name, column.Name, StringComparison.OrdinalIgnoreCase)))];
    }

    public int Count => _ends.Count;

    public IReadOnlyList<RowKey> Keys => _keys;

    /// <summary>Whether every column of the table means the same to the target when its text is passed through.</summary>
    public static bool CanHold(TableDefinition table, bool targetIsMariaDb) => table.Columns.All(column => column.DataType switch
    {
        "json" => targetIsMariaDb,
        "tinyint" or "smallint" or "mediumint" or "int" or "bigint" or "decimal" or "float" or "double" or "year" or "bit" or "enum" or "set"
            or "date" or "time" or "datetime" or "timestamp" or "binary" or "varbinary" => true,
        "char" or "varchar" => column.CharacterSet is not null,
        _ => column.DataType.EndsWith("text", StringComparison.Ordinal) || column.DataType.EndsWith("blob", StringComparison.Ordinal),
    });

    public static string Expression(ColumnDefinition column) => column.DataType == "year" ? SqlLiteral.Name(column.Name) : RowTextReader.Expression(column);

    public void Add(ref TextRow row)
    {
        var key = new ColumnValue[_keyLength];
        for (var i = 0; i < _columns.Count; i++)
        {
            if (i > 0)
            {
                Append((byte)'\t');
            }

            if (!row.TryNext(out var text))
            {
                _bytes.Write("\\N"u8);
                continue;
            }

            AppendEscaped(text);
            if (_keyPlaces[i] >= 0)
            {
                key[_keyPlaces[i]] = RowTextReader.Value(text, _columns[i]);
            }
        }

        Append((byte)'\n');
        _ends.Add(_bytes.WrittenCount);
        _keys.Add(new RowKey(key));
    }

    /// <summary>Writes the rows, save those that are to be left out, over whatever the mirror has under their keys.</summary>
    public async Task WriteAsync(MySqlConnection connection, MirrorTable table, Func<RowKey, bool>? isLeftOut, CancellationToken cancellationToken)
    {
        var content = isLeftOut is null ? _bytes.WrittenMemory.ToArray() : Without(isLeftOut);
        if (content.Length == 0)
        {
            return;
        }

        using var stream = new MemoryStream(content, writable: false);
        var loader = new MySqlBulkLoader(connection)
        {
            Local = true,
            SourceStream = stream,
            TableName = SqlLiteral.Name(table.Name),
            CharacterSet = "binary",
            ConflictOption = MySqlBulkLoaderConflictOption.Replace,
            FieldTerminator = "\t",
            LineTerminator = "\n",
            EscapeCharacter = '\\',
            Timeout = 600,
        };
        for (var i = 0; i < _columns.Count; i++)
        {
            var name = SqlLiteral.Name(_columns[i].Name);
            // As text these would be taken for names of members, or for characters.
            if (_columns[i].DataType is "enum" or "set" or "bit")
            {
                loader.Columns.Add($"@raw{i}");
                loader.Expressions.Add($"{name} = CAST(@raw{i} AS UNSIGNED)");
            }
            else
            {
                loader.Columns.Add(name);
            }
        }

        await loader.LoadAsync(cancellationToken);
    }

    private byte[] Without(Func<RowKey, bool> isLeftOut)
    {
        var all = _bytes.WrittenSpan;
        var kept = new ArrayBufferWriter<byte>(all.Length);
        for (var i = 0; i < _ends.Count; i++)
        {
            if (!isLeftOut(_keys[i]))
            {
                kept.Write(all[(i == 0 ? 0 : _ends[i - 1])..(_ends[i])]);
            }
        }

        return kept.WrittenSpan.ToArray();
    }

    private void AppendEscaped(ReadOnlySpan<byte> text)
    {
        while (true)
        {
            var special = text.IndexOfAny(Special);
            if (special < 0)
            {
                _bytes.Write(text);
                return;
            }

            _bytes.Write(text[..special]);
            Append((byte)'\\');
            Append(text[special] switch { (byte)'\\' => (byte)'\\', (byte)'\t' => (byte)'t', (byte)'\n' => (byte)'n', _ => (byte)'0' });
            text = text[(special + 1)..];
        }
    }

    private void Append(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }
}
