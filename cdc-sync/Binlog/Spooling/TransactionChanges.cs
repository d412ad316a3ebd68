using System.Buffers.Binary;
using System.Collections;
using Strangler.CdcSync.Binlog.Events;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Binlog.Spooling;

/// <summary>
/// The changes of one transaction as they come. The first ones are decoded at once, so that small transactions are ready when they are
/// complete; of a larger one the rest stays as it was logged, in memory or in a file, and is decoded each time it is walked through, so that
/// the memory it takes does not grow with it. Filled by one thread, then read by one.
/// </summary>
internal sealed class TransactionChanges(SpoolFolder folder) : IReadOnlyCollection<Change>, IDisposable
{
    private const long DecodedBytes = 512 * 1024;
    private const int HeaderBytes = 16;
    private const int WindowBytes = 128 * 1024;

    private readonly List<Change> _decoded = [];
    private readonly List<Change> _tableChanges = [];
    private readonly List<CompletedTable> _tables = [];
    private readonly Dictionary<CompletedTable, int> _tableNumbers = new(ReferenceEqualityComparer.Instance);
    private Spool? _spool;
    private long _bytes;

    private enum Kind : byte
    {
        Rows,
        TableChange,
    }

    public int Count { get; private set; }

    /// <summary>Those that are no rows.</summary>
    public IReadOnlyList<Change> TableChanges => _tableChanges;

    /// <summary>Everything as a list when all of it is decoded already, else this.</summary>
    public IReadOnlyCollection<Change> Ready => _spool is null ? _decoded : this;

    public bool IsInFile => _spool is { IsInFile: true };

    public void Add(Change change)
    {
        _tableChanges.Add(change);
        Count++;
        if (_spool is null)
        {
            _decoded.Add(change);
        }
        else
        {
            WriteHeader(Kind.TableChange, default, 0, _tableChanges.Count - 1, 1, 0);
        }
    }

    public void AddRows(RowsEvent rows, CompletedTable table)
    {
        rows = rows.Expanded();
        _bytes += rows.Body.Length;
        if (_spool is null && _bytes <= DecodedBytes)
        {
            RowImages.Read(rows, table.Map, table.Shape, _decoded);
            Count = _decoded.Count;
            return;
        }

        _spool ??= new Spool(folder);
        if (!_tableNumbers.TryGetValue(table, out var number))
        {
            _tableNumbers[table] = number = _tables.Count;
            _tables.Add(table);
        }

        var count = RowImages.Count(rows, table.Map);
        WriteHeader(Kind.Rows, rows.Type, rows.Flags, number, count, rows.Body.Length);
        _spool.Append(rows.Body.Span);
        Count = checked(Count + count);
    }

    public ChangesMark Mark() => new(Count, _decoded.Count, _tableChanges.Count, _spool?.Length ?? 0);

    /// <summary>Forgets what came after the mark.</summary>
    public void RollBackTo(ChangesMark mark)
    {
        _decoded.RemoveRange(mark.Decoded, _decoded.Count - mark.Decoded);
        _tableChanges.RemoveRange(mark.TableChanges, _tableChanges.Count - mark.TableChanges);
        _spool?.Truncate(mark.SpoolBytes);
        Count = mark.Count;
    }

    public IEnumerator<Change> GetEnumerator()
    {
        foreach (var change in _decoded)
        {
            yield return change;
        }

        if (_spool is null)
        {
            yield break;
        }

        var rows = new List<Change>();
        var window = new Window(_spool);
        while (window.TryTake(HeaderBytes, out var header))
        {
            var (kind, type, flags, number, _, length) = ReadHeader(header.Span);
            if (kind == Kind.TableChange)
            {
                yield return _tableChanges[number];
                continue;
            }

            if (!window.TryTake(length, out var body))
            {
                throw new InvalidOperationException("A spooled transaction ends within an event.");
            }

            var table = _tables[number];
            RowImages.Read(new RowsEvent(type, 0, flags, body), table.Map, table.Shape, rows);
            foreach (var row in rows)
            {
                yield return row;
            }

            rows.Clear();
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose() => _spool?.Dispose();

    private void WriteHeader(Kind kind, EventType type, RowsFlags flags, int number, int count, int length)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        header[0] = (byte)kind;
        header[1] = (byte)type;
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], (ushort)flags);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], number);
        BinaryPrimitives.WriteInt32LittleEndian(header[8..], count);
        BinaryPrimitives.WriteInt32LittleEndian(header[12..], length);
        _spool!.Append(header);
    }

    private static (Kind Kind, EventType Type, RowsFlags Flags, int Number, int Count, int Length) ReadHeader(ReadOnlySpan<byte> header) => (
        (Kind)header[0], (EventType)header[1], (RowsFlags)BinaryPrimitives.ReadUInt16LittleEndian(header[2..]),
        BinaryPrimitives.ReadInt32LittleEndian(header[4..]), BinaryPrimitives.ReadInt32LittleEndian(header[8..]), BinaryPrimitives.ReadInt32LittleEndian(header[12..]));

    /// <summary>Walks over the spool through one buffer; what it gave is valid until the next call.</summary>
    private sealed class Window(Spool spool)
    {
        private byte[] _buffer = new byte[WindowBytes];
        private long _at;
        private int _start;
        private int _end;

        public bool TryTake(int length, out ReadOnlyMemory<byte> bytes)
        {
            if (_end - _start < length)
            {
                var rest = _buffer.AsSpan(_start, _end - _start);
                if (_buffer.Length < length)
                {
                    var larger = new byte[length];
                    rest.CopyTo(larger);
                    _buffer = larger;
                }
                else
                {
                    rest.CopyTo(_buffer);
                }

                (_start, _end) = (0, _end - _start);
                var read = spool.Read(_at, _buffer.AsSpan(_end));
                _at += read;
                _end += read;
            }

            bytes = default;
            if (_end - _start < length)
            {
                return false;
            }

            bytes = _buffer.AsMemory(_start, length);
            _start += length;
            return true;
        }
    }
}

/// <summary>A place within a transaction to go back to.</summary>
internal readonly record struct ChangesMark(int Count, int Decoded, int TableChanges, long SpoolBytes);
