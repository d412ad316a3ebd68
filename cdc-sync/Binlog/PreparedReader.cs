using Strangler.CdcSync.Binlog.Events;
using Strangler.CdcSync.Binlog.Gtid;
using Strangler.CdcSync.Binlog.Protocol;
using Strangler.CdcSync.Binlog.Spooling;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Binlog;

/// <summary>Reads the changes of one prepared distributed transaction again, from where its events begin, over a stream of its own.</summary>
internal sealed class PreparedReader(
    Func<SourcePosition, CancellationToken, Task<LogStream>> open, Func<SourcePosition, LogStream, PreparedTransactions, TransactionAssembler> assemble)
{
    // A server that has nothing more to give, or a long way to go past what is not asked for, says so by heartbeats.
    private const int MaximumHeartbeats = 30;

    /// <returns>Null when the log does not have it any more.</returns>
    public async Task<TransactionChanges?> ReadAsync(SourcePosition reached, PreparedTransaction place, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadFromAsync(new SourcePosition(reached.Server, place.File, place.Offset, null) { Origin = place.Origin }, place.Xid, cancellationToken);
        }
        catch (Exception fault) when (IsLost(fault) && place.Gtid is not null && reached.Gtid is not null)
        {
            // Another server by now, or another file: there its GTID finds it.
        }

        try
        {
            return await ReadFromAsync(reached with { Gtid = Before(reached, place), Prepared = null }, place.Xid, cancellationToken);
        }
        catch (Exception fault) when (IsLost(fault))
        {
            return null;
        }
    }

    private async Task<TransactionChanges?> ReadFromAsync(SourcePosition from, string xid, CancellationToken cancellationToken)
    {
        await using var stream = await open(from, cancellationToken);
        using var found = new PreparedTransactions();
        using var assembler = assemble(from, stream, found);
        for (var heartbeats = 0; heartbeats < MaximumHeartbeats;)
        {
            var data = await stream.ReadAsync(cancellationToken);
            heartbeats = EventHeader.Parse(data.Span).Type is EventType.Heartbeat or EventType.HeartbeatV2 ? heartbeats + 1 : 0;
            assembler.Accept(data)?.Dispose();
            if (found.Contains(xid))
            {
                return found.Remove(xid);
            }
        }

        return null;
    }

    private static string Before(SourcePosition reached, PreparedTransaction place)
    {
        if (reached.Server == SourcePosition.MariaDb)
        {
            return place.Gtid!;
        }

        var set = MySqlGtidSet.Parse(reached.Gtid!);
        set.Remove(MySqlGtidSet.Parse(place.Gtid!));
        return set.ToString();
    }

    private static bool IsLost(Exception fault) => fault is SourceLostException or ServerException { Number: ServerException.MasterFatalErrorReadingBinlog };
}
