using System.Text.Json;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Debezium.Envelope;

namespace Strangler.CdcSync.Debezium.Ordering;

/// <summary>A transaction of the source as the transaction topic tells of it.</summary>
internal sealed class LoggedTransaction(string id, int feed, long beginsAt, long knownSince)
{
    public string Id { get; } = id;

    /// <summary>The partition of its BEGIN.</summary>
    public int Feed { get; } = feed;

    /// <summary>The offset of its BEGIN in the partition.</summary>
    public long BeginsAt { get; } = beginsAt;

    /// <summary>Since when changes of it that were not read are waited for: since it, or its end, was read.</summary>
    public long KnownSince { get; set; } = knownSince;

    public bool HasEnd { get; set; }

    /// <summary>Another one began after it in the same partition: it gets no END any more.</summary>
    public bool IsOver { get; set; }

    /// <summary>Another one began after it, in another partition: its END may still be on its way.</summary>
    public bool IsFollowed { get; set; }

    public long EndedAtMilliseconds { get; set; }

    /// <summary>How many changes each table has in it, by END.</summary>
    public IReadOnlyList<(TableName Table, long Count)> Counts { get; set; } = [];

    /// <summary>How many of its changes must come.</summary>
    public long Expected(Func<TableName, bool> isWanted) => Counts.Sum(table => isWanted(table.Table) ? table.Count : 0);
}

/// <summary>
/// BEGIN and END of the source's transactions, in commit order, as far as they are not handed on. In one partition they are in that order; of
/// several their ids tell it. One thread.
/// </summary>
internal sealed class TransactionLog
{
    private readonly LinkedList<LoggedTransaction> _open = [];
    private readonly Dictionary<string, LoggedTransaction> _byId = [];
    private readonly Dictionary<int, LoggedTransaction> _lastOf = [];

    public int Count => _open.Count;

    /// <summary>The first BEGIN of a partition whose transaction is not handed on; null when all are.</summary>
    public long? FirstOf(int feed)
    {
        foreach (var transaction in _open)
        {
            if (transaction.Feed == feed)
            {
                return transaction.BeginsAt;
            }
        }

        return null;
    }

    public LoggedTransaction? First => _open.First?.Value;

    public LoggedTransaction? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>Takes a message of the topic; gives the id of the transaction that it tells of, null when it tells of none.</summary>
    public string? Accept(ChangeRecord record, int feed, Func<string, bool> isDone)
    {
        using var document = JsonDocument.Parse(record.Payload);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("id", out var idElement) || idElement.GetString() is not { } id
            || !root.TryGetProperty("status", out var status))
        {
            return null;
        }

        if (isDone(id))
        {
            return id;
        }

        if (status.ValueEquals("BEGIN"))
        {
            Begin(id, feed, record);
            return id;
        }

        if (!status.ValueEquals("END"))
        {
            return null;
        }

        // Without its BEGIN reading began in its middle.
        var transaction = _byId.GetValueOrDefault(id) ?? Begin(id, feed, record);
        (transaction.HasEnd, transaction.KnownSince) = (true, record.KnownSince);
        transaction.EndedAtMilliseconds = root.TryGetProperty("ts_ms", out var time) && time.TryGetInt64(out var milliseconds) ? milliseconds : 0;
        transaction.Counts = root.TryGetProperty("data_collections", out var collections) && collections.ValueKind == JsonValueKind.Array
            ? [.. collections.EnumerateArray().Select(CountOf)]
            : [];
        return id;
    }

    /// <summary>Those that began before one and are not handed on, in order.</summary>
    public IEnumerable<LoggedTransaction> Before(LoggedTransaction transaction) => _open.TakeWhile(earlier => !ReferenceEquals(earlier, transaction));

    /// <summary>Those that stand before a change of none of them, as far as their ids tell.</summary>
    public IEnumerable<LoggedTransaction> Before(ChangeRecord record)
    {
        var place = record.Gtid ?? SourceGtids.IdOf(record.File, record.Offset);
        return _open.TakeWhile(transaction => SourceGtids.IsNotAfter(transaction.Id, place));
    }

    /// <summary>Forgets everything up to a transaction; gives it and those before it, in order.</summary>
    public IEnumerable<LoggedTransaction> TakeThrough(LoggedTransaction transaction)
    {
        while (_open.First is { } first)
        {
            _open.RemoveFirst();
            _byId.Remove(first.Value.Id);
            yield return first.Value;
            if (ReferenceEquals(first.Value, transaction))
            {
                yield break;
            }
        }
    }

    private LoggedTransaction Begin(string id, int feed, ChangeRecord record)
    {
        if (_byId.TryGetValue(id, out var known))
        {
            return known;
        }

        var transaction = new LoggedTransaction(id, feed, record.MessageOffset, record.KnownSince);
        var place = _open.Last;
        while (place is { Value: var later } && later.Feed != feed && SourceGtids.IsNotAfter(id, later.Id))
        {
            place = place.Previous;
        }

        _byId[id] = transaction;
        if (place is null)
        {
            _open.AddFirst(transaction);
        }
        else
        {
            _open.AddAfter(place, transaction);
        }

        var node = place is null ? _open.First! : place.Next!;
        Follow(node.Next is null ? null : transaction, record);
        Follow(node.Previous?.Value, record);
        if (_lastOf.TryGetValue(feed, out var last) && !last.HasEnd)
        {
            (last.IsOver, last.KnownSince) = (true, record.KnownSince);
        }

        _lastOf[feed] = transaction;
        return transaction;
    }

    private static void Follow(LoggedTransaction? transaction, ChangeRecord record)
    {
        if (transaction is { HasEnd: false, IsFollowed: false })
        {
            (transaction.IsFollowed, transaction.KnownSince) = (true, record.KnownSince);
        }
    }

    private static (TableName Table, long Count) CountOf(JsonElement collection)
    {
        var name = collection.TryGetProperty("data_collection", out var text) ? text.GetString() ?? "" : "";
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var count = collection.TryGetProperty("event_count", out var number) && number.TryGetInt64(out var value) ? value : 0;
        return (dot < 0 ? new TableName("", name) : new TableName(name[..dot], name[(dot + 1)..]), count);
    }
}
