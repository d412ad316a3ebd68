using System.Collections;
using System.Runtime.InteropServices;
using Strangler.CdcSync.Binlog.Spooling;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium.Envelope;

namespace Strangler.CdcSync.Debezium.Ordering;

/// <summary>
/// The changes of one or several transactions in order. The first ones are decoded and kept; what goes beyond lies as JSON in the spool and
/// is decoded each time it is walked through, so that a large transaction takes no more memory than a small one. Filled by one thread, then
/// read by one.
/// </summary>
internal sealed class OrderedChanges(SpoolFolder folder) : IReadOnlyCollection<Change>, IDisposable
{
    private const long DecodedBytes = 1024 * 1024;
    private const int HeaderBytes = 16;

    private readonly List<Change> _decoded = [];
    private readonly List<Change> _tableChanges = [];
    private readonly List<RowReader> _readers = [];
    private readonly Dictionary<RowReader, int> _numbers = new(ReferenceEqualityComparer.Instance);
    private Spool? _spool;
    private OrderedChanges? _next;

    public int Count { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>Those that are no rows.</summary>
    public IReadOnlyList<Change> TableChanges => _tableChanges;

    public bool IsSpooled => _spool is not null || _next is not null;

    public void Add(Change change)
    {
        Count++;
        _tableChanges.Add(change);
        if (_spool is null)
        {
            _decoded.Add(change);
        }
        else
        {
            Append(-1, RowOperation.Insert, _tableChanges.Count - 1, default, default);
        }
    }

    /// <summary>Adds a row; throws where its images cannot be decoded, and then nothing is added.</summary>
    public void Add(RowReader reader, RowOperation operation, ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> after)
    {
        var change = Decode(reader, operation, before.Span, after.Span);
        Count++;
        Bytes += before.Length + after.Length;
        if (_spool is null && Bytes <= DecodedBytes)
        {
            _decoded.Add(change);
            return;
        }

        _spool ??= new Spool(folder);
        if (!_numbers.TryGetValue(reader, out var number))
        {
            number = _readers.Count;
            _readers.Add(reader);
            _numbers[reader] = number;
        }

        Append(number, operation, 0, before.Span, after.Span);
    }

    /// <summary>Takes over the changes of another, and the other with them.</summary>
    public void Append(OrderedChanges other)
    {
        if (_next is not null || _spool is not null || other._spool is not null)
        {
            // One after the other: what lies in a file stays there.
            if (_next is null)
            {
                _next = other;
            }
            else
            {
                _next.Append(other);
            }
        }
        else
        {
            _decoded.AddRange(other._decoded);
        }

        _tableChanges.AddRange(other._tableChanges);
        Count += other.Count;
        Bytes += other.Bytes;
    }

    public IEnumerator<Change> GetEnumerator()
    {
        foreach (var change in _decoded)
        {
            yield return change;
        }

        var header = new byte[HeaderBytes];
        for (long at = 0; _spool is not null && at < _spool.Length;)
        {
            _spool.Read(at, header);
            var numbers = MemoryMarshal.Cast<byte, int>(header).ToArray();
            at += HeaderBytes;
            if (numbers[0] < 0)
            {
                yield return _tableChanges[numbers[1]];
                continue;
            }

            var images = new byte[numbers[2] + numbers[3]];
            _spool.Read(at, images);
            at += images.Length;
            yield return Decode(_readers[numbers[0]], (RowOperation)numbers[1], images.AsSpan(0, numbers[2]), images.AsSpan(numbers[2]));
        }

        foreach (var change in _next ?? Enumerable.Empty<Change>())
        {
            yield return change;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Dispose()
    {
        _spool?.Dispose();
        _next?.Dispose();
    }

    private static RowChange Decode(RowReader reader, RowOperation operation, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after) =>
        new(reader.Shape, operation, before.IsEmpty ? null : reader.Read(before), after.IsEmpty ? null : reader.Read(after));

    private void Append(int reader, RowOperation operation, int tableChange, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        Span<int> header = [reader, reader < 0 ? tableChange : (int)operation, before.Length, after.Length];
        _spool!.Append(MemoryMarshal.AsBytes(header));
        _spool.Append(before);
        _spool.Append(after);
    }
}
