namespace Strangler.CdcSync.Changes;

/// <summary>
/// One committed transaction of the source. <see cref="Position"/> is where reading goes on after it. A transaction without changes
/// only moves the position.
/// </summary>
internal sealed record ChangeTransaction(SourcePosition Position, DateTimeOffset CommittedAt, IReadOnlyList<Change> Changes, long Bytes);
