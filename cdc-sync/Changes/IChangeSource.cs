namespace Strangler.CdcSync.Changes;

/// <summary>
/// A stream of the source's committed transactions, in commit order, from a position on. Whatever the transport, the same transaction
/// gives the same changes. One reader at a time.
/// </summary>
internal interface IChangeSource
{
    /// <summary>
    /// Reads until cancelled, reconnecting by itself, and hands over each transaction as soon as it is complete; the next is read when the
    /// taker is done, who disposes it. Ends with a <see cref="SourceLostException"/> when the position cannot be read any more.
    /// <paramref name="cursor"/> is that of the last transaction taken, null at the very beginning and for a source that has none.
    /// </summary>
    Task ReadAsync(SourcePosition from, string? cursor, Func<ChangeTransaction, CancellationToken, ValueTask> take, CancellationToken cancellationToken);
}

/// <summary>The source can no longer say what happened after the position: only a new copy helps.</summary>
internal sealed class SourceLostException(string message, Exception? inner = null) : Exception(message, inner);
