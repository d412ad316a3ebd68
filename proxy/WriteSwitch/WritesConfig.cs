namespace Strangler.Proxy.WriteSwitch;

/// <summary>A slice that changes data: how its requests are held while the system of record moves.</summary>
/// <param name="Tables">Magento's tables that it writes; their system of record moves with the slice.</param>
/// <param name="MaxHeld">Requests of one replica that wait during the freeze; one more is told to come again.</param>
/// <param name="MaxHeldSeconds">Longest wait of one request.</param>
/// <param name="MaxHeldBytes">Bodies of waiting requests, all together.</param>
/// <param name="CancelSeconds">The switch cancels itself after this time, leaving everything as it was.</param>
public sealed record WritesConfig(
    IReadOnlyList<string> Tables, int MaxHeld = 1000, int MaxHeldSeconds = 10, long MaxHeldBytes = 64L * 1024 * 1024, int CancelSeconds = 30);
