namespace Strangler.Proxy.Stages;

/// <summary>One line of the audit log.</summary>
/// <param name="Id">Rises; 0 before it is written.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Who">The name that belongs to the key, or the demo's user.</param>
/// <param name="Action"><c>stage</c>, <c>rules</c> or <c>kill-switch</c>.</param>
/// <param name="Slice">The slice, or null for the kill switch.</param>
/// <param name="From">JSON of what stood.</param>
/// <param name="To">JSON of what stands now.</param>
/// <param name="Reason">In their words.</param>
/// <param name="Hash">SHA-256 in hex over the previous entry's hash and this entry's fields.</param>
public sealed record AuditEntry(long Id, DateTimeOffset At, string Who, string Action, string? Slice, string? From, string? To, string Reason, string Hash);
