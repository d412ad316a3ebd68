using Strangler.CdcSync.Apply;
using Strangler.CdcSync.Binlog.Protocol;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Snapshot;

/// <summary>Where a chunk ends, and whether its rows are passed on undecoded.</summary>
internal readonly record struct ChunkLimit(int Rows, long Bytes, bool Raw)
{
    public static ChunkLimit None { get; } = new(int.MaxValue, long.MaxValue, false);
}

/// <summary>
/// Rows of a table in the order of its key, read in one statement, and the place in the log by which all of them are committed. What the server
/// sends beyond the limit of bytes is passed over: the next chunk begins there.
/// </summary>
internal sealed class Chunk(TableDefinition table, ChunkLimit limit)
{
    private readonly int[] _key = [.. table.Key!.Select(name => table.Columns.ToList().FindIndex(column => column.Name == name))];
    private bool _isCut;

    /// <summary>The rows; none when they are held undecoded.</summary>
    public List<ColumnValue[]> Rows { get; } = [];

    /// <summary>The rows undecoded; null when they are decoded.</summary>
    public RawRows? Raw { get; } = limit.Raw ? new RawRows(table) : null;

    public int Count => Raw?.Count ?? Rows.Count;

    public long Bytes { get; private set; }

    public SourcePosition Position { get; set; } = null!;

    /// <summary>The last row's key; null when no rows come after it.</summary>
    public ColumnValue[]? UpTo => !_isCut && Count < limit.Rows ? null : Raw is null ? [.. _key.Select(column => Rows[^1][column])] : Raw.Keys[^1].Values;

    public IEnumerable<RowKey> KeysBy(MirrorTable mirror) => Raw?.Keys ?? Rows.Select(mirror.KeyOf);

    public void Add(ref TextRow row)
    {
        if (Bytes > limit.Bytes)
        {
            _isCut = true;
            return;
        }

        Bytes += row.Length;
        if (Raw is not null)
        {
            Raw.Add(ref row);
        }
        else
        {
            Rows.Add(RowTextReader.Read(ref row, table.Columns));
        }
    }
}
