namespace Strangler.Proxy.WriteSwitch;

/// <summary>A slice that changes data: how its requests are held while the system of record moves.</summary>
/// <param name="Tables">Magento's tables that it writes; their system of record moves with the slice.</param>
/// <param name="MaxHeld">Requests of one replica that wait during the freeze; one more is told to come again.</param>
/// <param name="MaxHeldSeconds">Longest wait of one request.</param>
/// <param name="MaxHeldBytes">Bodies of waiting requests, all together.</param>
/// <param name="CancelSeconds">The switch cancels itself after this time, leaving everything as it was.</param>
public sealed record WritesConfig(
    IReadOnlyList<string> Tables, int MaxHeld = 1000, int MaxHeldSeconds = 10, long MaxHeldBytes = 64L * 1024 * 1024, int CancelSeconds = 30)
{
    /// <summary>The request that a rehearsal sends again and again. Null: a rehearsal moves only its own record, without requests.</summary>
    public RehearsalRequestConfig? Rehearsal { get; init; }
}

/// <summary>A request that may be sent for a rehearsal: it goes the way of real ones, and both sides must take it without harm.</summary>
/// <param name="Method">An unsafe method.</param>
/// <param name="Path">A target that the slice matches.</param>
/// <param name="Body">Its body, if any.</param>
/// <param name="Headers">Its fields, such as <c>Host</c>, <c>Content-Type</c>, <c>Authorization</c>.</param>
/// <param name="PerSecond">How many a second.</param>
public sealed record RehearsalRequestConfig(
    string Method, string Path, string? Body = null, IReadOnlyDictionary<string, string>? Headers = null, int PerSecond = 20);
