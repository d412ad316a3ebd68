using Strangler.CdcSync.Binlog.Spooling;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Binlog;

/// <summary>
/// The distributed transactions that are prepared and wait for their end, with their changes. It outlives a lost connection; after a restart
/// the positions remember where each begins, and it is read again. Not safe for several threads.
/// </summary>
internal sealed class PreparedTransactions : IDisposable
{
    private readonly Dictionary<string, (PreparedTransaction Place, TransactionChanges? Changes)> _open = [];
    private List<PreparedTransaction>? _places;

    /// <summary>Where each begins, in no order that matters; null when there is none.</summary>
    public IReadOnlyList<PreparedTransaction>? Places => _open.Count == 0 ? null : _places ??= [.. _open.Values.Select(open => open.Place)];

    public bool Contains(string xid) => _open.ContainsKey(xid);

    /// <summary>Keeps one; no changes when they cannot be read any more.</summary>
    public void Add(PreparedTransaction place, TransactionChanges? changes)
    {
        _open.Remove(place.Xid, out var older);
        older.Changes?.Dispose();
        _open[place.Xid] = (place, changes);
        _places = null;
    }

    /// <summary>Gives one away for good; the caller disposes its changes. Null when its changes are not known.</summary>
    public TransactionChanges? Remove(string xid)
    {
        _places = null;
        return _open.Remove(xid, out var open) ? open.Changes : null;
    }

    public void Dispose()
    {
        foreach (var (_, changes) in _open.Values)
        {
            changes?.Dispose();
        }

        _open.Clear();
        _places = null;
    }
}
