using System.Text.Json;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Debezium.Ordering;

/// <summary>A transaction of the source as the transaction topic tells of it.</summary>
internal sealed class LoggedTransaction(string id, int feed, long beginsAt)
{
    public string Id { get; } = id;

    /// <summary>The partition of its BEGIN.</summary>
    public int Feed { get; } = feed;

    /// <summary>The offset of its BEGIN in the partition.</summary>
    public long BeginsAt { get; } = beginsAt;

    public bool HasEnd { get; set; }

    /// <summary>Another one began after it: it gets no END any more.</summary>
    public bool IsOver { get; set; }

    public long EndedAtMilliseconds { get; set; }

    /// <summary>How many changes each table has in it, by END.</summary>
    public IReadOnlyList<(TableName Table, long Count)> Counts { get; set; } = [];

    /// <summary>How many of its changes must come.</summary>
    public long Expected(Func<TableName, bool> isWanted) => Counts.Sum(table => isWanted(table.Table) ? table.Count : 0);
}

/// <summary>BEGIN and END of the source's transactions, in commit order, as far as they are not handed on. One thread.</summary>
internal sealed class TransactionLog
{
    private readonly LinkedList<LoggedTransaction> _open = [];
    private readonly Dictionary<string, LoggedTransaction> _byId = [];

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

    /// <summary>Takes a message of the topic, as JSON without its schema; says whether it was one.</summary>
    public bool Accept(ReadOnlyMemory<byte> payload, int feed, long offset, Func<string, bool> isDone)
    {
        using var document = JsonDocument.Parse(payload);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("id", out var idElement) || idElement.GetString() is not { } id
            || !root.TryGetProperty("status", out var status) || isDone(id))
        {
            return false;
        }

        if (status.ValueEquals("BEGIN"))
        {
            Begin(id, feed, offset);
            return true;
        }

        if (!status.ValueEquals("END"))
        {
            return false;
        }

        // Without its BEGIN reading began in its middle.
        var transaction = _byId.GetValueOrDefault(id) ?? Begin(id, feed, offset);
        transaction.HasEnd = true;
        transaction.EndedAtMilliseconds = root.TryGetProperty("ts_ms", out var time) && time.TryGetInt64(out var milliseconds) ? milliseconds : 0;
        transaction.Counts = root.TryGetProperty("data_collections", out var collections) && collections.ValueKind == JsonValueKind.Array
            ? [.. collections.EnumerateArray().Select(CountOf)]
            : [];
        return true;
    }

    /// <summary>Those that began before one and are not handed on, in order.</summary>
    public IEnumerable<LoggedTransaction> Before(LoggedTransaction transaction) => _open.TakeWhile(earlier => !ReferenceEquals(earlier, transaction));

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

    private LoggedTransaction Begin(string id, int feed, long offset)
    {
        if (_byId.TryGetValue(id, out var known))
        {
            return known;
        }

        if (_open.Last is { } last)
        {
            last.Value.IsOver = !last.Value.HasEnd;
        }

        var transaction = new LoggedTransaction(id, feed, offset);
        _open.AddLast(transaction);
        _byId[id] = transaction;
        return transaction;
    }

    private static (TableName Table, long Count) CountOf(JsonElement collection)
    {
        var name = collection.TryGetProperty("data_collection", out var text) ? text.GetString() ?? "" : "";
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        var count = collection.TryGetProperty("event_count", out var number) && number.TryGetInt64(out var value) ? value : 0;
        return (dot < 0 ? new TableName("", name) : new TableName(name[..dot], name[(dot + 1)..]), count);
    }
}
