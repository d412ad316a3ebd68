using System.Text;
using System.Text.Json;
using Strangler.CdcSync.Binlog;
using Strangler.CdcSync.Binlog.Spooling;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium.Envelope;
using Strangler.CdcSync.Debezium.Topics;
using Strangler.CdcSync.Debezium.Values;

namespace Strangler.CdcSync.Debezium.Ordering;

/// <summary>
/// Turns records in order into changes: rows are decoded with the definition of their time, the two halves of a changed key become one
/// update again, statements become what the log's reader makes of them. Not safe for several threads.
/// </summary>
internal sealed class TransactionBuilder(SpoolFolder spool, SchemaHistory history, ITableCatalog catalog, Func<TableName, bool> isWanted, ValueModes modes, Action<string>? unknown) : IDisposable
{
    private readonly Dictionary<(TableDefinition, FieldSchema?), RowReader> _readers = new(PairComparer.Instance);
    private readonly Dictionary<string, (RowReader Reader, ReadOnlyMemory<byte> Before)> _halves = [];
    private readonly Dictionary<string, EarlyHalf> _early = [];
    private OrderedChanges _changes = new(spool);
    private TablesRenamed? _renamed;
    private OrderKey _renamedAt;

    /// <summary>How many records of wanted tables that count were added since the last <see cref="Take"/>.</summary>
    public int Records { get; private set; }

    /// <summary>The tables whose rows are in it.</summary>
    public HashSet<TableName> Tables { get; } = [];

    /// <summary>Adds a record. What is wrong with it is an error that says so, and then nothing of it was added.</summary>
    /// <param name="record">The record.</param>
    /// <param name="isCounted">Whether it is one of those that the transaction's END counts.</param>
    public void Add(ChangeRecord record, bool isCounted)
    {
        if (record.Kind == RecordKind.SchemaChange)
        {
            AddStatement(record);
            return;
        }

        if (!isWanted(record.Table) || record.Kind is RecordKind.Nothing)
        {
            return;
        }

        Records += isCounted && record.Kind != RecordKind.Tombstone ? 1 : 0;
        FlushRename();
        switch (record.Kind)
        {
            case RecordKind.Poison:
                throw new FormatException(record.Fault);
            case RecordKind.Truncate:
                _changes.Add(new TableChange(record.Table, TableEvent.Truncated, $"TRUNCATE TABLE {record.Table}"));
                break;
            case RecordKind.Tombstone:
                // Of an unwrapped row's delete nothing else is left.
                _changes.Add(Reader(record, record.KeySchema), RowOperation.Delete, record.Key, default);
                break;
            default:
                AddRow(record);
                break;
        }
    }

    /// <summary>Adds a record that cannot be understood as a row to be held back; false when its key cannot be read either.</summary>
    public bool TryHold(ChangeRecord record, string reason)
    {
        try
        {
            var reader = Reader(record, record.KeySchema);
            var key = record.Key.Length > 0 ? reader.Read(record.Key.Span) : [];
            if (reader.Definition.Key is not { } columns || key.Length == 0 || columns.Any(column => key[reader.Shape.IndexOf(column)].IsAbsent))
            {
                return false;
            }

            _changes.Add(new UnreadableRow(reader.Shape, key, reason));
            return true;
        }
        catch (Exception fault) when (RecordReader.IsMalformed(fault))
        {
            return false;
        }
    }

    /// <summary>Adds something that no record says.</summary>
    public void Add(TableChange change) => _changes.Add(change);

    /// <summary>What was added, as a whole.</summary>
    public OrderedChanges Take()
    {
        FlushRename();
        foreach (var (reader, before) in _halves.Values)
        {
            _changes.Add(reader, RowOperation.Delete, before, default);
        }

        _halves.Clear();
        _early.Clear();
        Tables.Clear();
        Records = 0;
        var taken = _changes;
        _changes = new OrderedChanges(spool);
        return taken;
    }

    public void Dispose() => _changes.Dispose();

    private void AddRow(ChangeRecord record)
    {
        var reader = Reader(record, record.RowSchema);
        Tables.Add(record.Table);
        FollowEarlyHalves(record);
        switch (record.Operation)
        {
            case 'd' when record.IsHalfOfKeyChange && record.Before.Length > 0:
                AddOldHalf(reader, record);
                break;
            case 'd':
                _changes.Add(reader, RowOperation.Delete, record.Before.Length > 0 ? record.Before : record.Key, default);
                break;
            case 'u' when record.Before.Length > 0:
                _changes.Add(reader, RowOperation.Update, record.Before, record.After);
                break;
            case 'c' when record.OldKey.Length > 0:
                AddNewHalf(reader, record);
                break;
            default:
                _changes.Add(reader, RowOperation.Insert, default, record.After);
                break;
        }
    }

    private void AddOldHalf(RowReader reader, ChangeRecord record)
    {
        var key = KeyText(record.Table, record.Key);
        if (_early.Remove(key, out var half))
        {
            _changes.Add(reader, RowOperation.Update, record.Before, half.After);
            return;
        }

        reader.Read(record.Before.Span);
        _halves[key] = (reader, record.Before);
    }

    private void AddNewHalf(RowReader reader, ChangeRecord record)
    {
        var old = KeyText(record.Table, record.OldKey);
        if (_halves.Remove(old, out var half))
        {
            _changes.Add(reader, RowOperation.Update, half.Before, record.After);
            return;
        }

        // The row is there from now on; what refers to its old key moves along when the other half comes.
        _changes.Add(reader, RowOperation.Insert, default, record.After);
        _early[old] = new EarlyHalf(KeyText(record.Table, record.Key), record.After);
    }

    // Between the halves of a changed key, which stand in no order where all rows of a transaction have one place, the row may change again.
    private void FollowEarlyHalves(ChangeRecord record)
    {
        if (_early.Count == 0 || record.IsHalfOfKeyChange || record.OldKey.Length > 0)
        {
            return;
        }

        var key = KeyText(record.Table, record.Key);
        foreach (var (old, half) in _early)
        {
            if (half.NewKey == key)
            {
                if (record.Operation == 'd')
                {
                    _early.Remove(old);
                }
                else
                {
                    _early[old] = half with { After = record.After };
                }

                return;
            }
        }
    }

    private void AddStatement(ChangeRecord record)
    {
        // What a snapshot says of definitions was so before.
        if (record.IsSnapshot)
        {
            return;
        }

        var change = SchemaChange.Read(record.Payload, record.Connector == SourcePosition.MariaDb);
        foreach (var what in DdlStatement.Read(change.Database, change.Statement, isWanted))
        {
            if (what is TablesRenamed renamed)
            {
                // The connector takes a statement of several steps apart.
                var steps = _renamed is not null && _renamedAt == Place(record) ? [.. _renamed.Steps, .. renamed.Steps] : renamed.Steps;
                if (_renamedAt != Place(record))
                {
                    FlushRename();
                }

                (_renamed, _renamedAt) = (new TablesRenamed(steps, change.Statement), Place(record));
            }
            else
            {
                FlushRename();
                AddTableChange(what);
            }
        }
    }

    // Without a database nothing can be copied again: what can be told of the rows is told here.
    private void AddTableChange(Change what)
    {
        if (unknown is not null && what is TableChange { What: TableEvent.Replaced } replaced)
        {
            _changes.Add(new TableChange(replaced.Table, TableEvent.Truncated, replaced.Statement));
            _changes.Add(new TableChange(replaced.Table, TableEvent.DefinitionChanged, replaced.Statement));
            return;
        }

        _changes.Add(what);
    }

    private static OrderKey Place(ChangeRecord record) => record.Order with { Row = 0 };

    private void FlushRename()
    {
        if (_renamed is not null)
        {
            _changes.Add(_renamed);
            foreach (var step in _renamed.Steps)
            {
                unknown?.Invoke(step.From.Name);
                unknown?.Invoke(step.To.Name);
            }

            _renamed = null;
        }
    }

    private RowReader Reader(ChangeRecord record, FieldSchema? schema)
    {
        var definition = history.At(record.Table, record.Order) ?? catalog.Find(record.Table)
            ?? throw new InvalidDataException(
                $"Nothing tells how {record.Table} was defined at {record.File}:{record.Offset}: the schema-change topic does not reach back so far, and there is no source database to ask.");
        if (!_readers.TryGetValue((definition, schema), out var reader))
        {
            _readers[(definition, schema)] = reader = new RowReader(definition, schema, modes);
        }

        return reader;
    }

    // The header repeats the key as the same converter writes it, save for fields that a router added.
    private static string KeyText(TableName table, ReadOnlyMemory<byte> key)
    {
        var text = new StringBuilder(table.ToString());
        using var document = JsonDocument.Parse(key);
        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            foreach (var field in document.RootElement.EnumerateObject())
            {
                if (!field.Name.StartsWith("__", StringComparison.Ordinal))
                {
                    text.Append('\n').Append(field.Name).Append('=').Append(field.Value.GetRawText());
                }
            }
        }

        return text.ToString();
    }

    /// <summary>A row under its new key whose old key was not taken away yet.</summary>
    private sealed record EarlyHalf(string NewKey, ReadOnlyMemory<byte> After);

    private sealed class PairComparer : IEqualityComparer<(TableDefinition Definition, FieldSchema? Schema)>
    {
        public static readonly PairComparer Instance = new();

        public bool Equals((TableDefinition Definition, FieldSchema? Schema) x, (TableDefinition Definition, FieldSchema? Schema) y) =>
            ReferenceEquals(x.Definition, y.Definition) && ReferenceEquals(x.Schema, y.Schema);

        public int GetHashCode((TableDefinition Definition, FieldSchema? Schema) obj) =>
            HashCode.Combine(System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(obj.Definition), obj.Schema is null ? 0 : System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(obj.Schema));
    }
}
