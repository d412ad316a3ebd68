using Strangler.Proxy.Evidence;
using Strangler.Proxy.Slices;

namespace Strangler.Proxy.Gates;

/// <summary>Everything that the gates of a slice are judged by, as it was at one moment.</summary>
/// <param name="Slice">The slice.</param>
/// <param name="Now">The control database's time.</param>
/// <param name="StoodSeconds">For how long the slice has stood where it stands, by the same clock.</param>
/// <param name="History">Counts of all replicas.</param>
/// <param name="Parity">What the comparison found; null when nothing is compared.</param>
/// <param name="Service">What cdc-sync says of the slice's service; null when it does not answer or does not know it.</param>
/// <param name="PositionsFault">Why it is null.</param>
/// <param name="LagMilliseconds">Upper bound of the age of the service's data; null while unknown.</param>
/// <param name="Rehearsal">The last rehearsal of the switch; null when there was none.</param>
internal sealed record GateInput(
    SliceConfig Slice, DateTimeOffset Now, double StoodSeconds, EvidenceHistory History, ParityEvidence? Parity,
    ServiceFacts? Service, string? PositionsFault, double? LagMilliseconds, RehearsalEvidence? Rehearsal);

/// <summary>What cdc-sync says of one service, as far as gates ask.</summary>
/// <param name="Name">The service.</param>
/// <param name="State"><c>streaming</c> when all is well.</param>
/// <param name="Tables">Its tables by name.</param>
/// <param name="Retention">How long the source keeps what is still needed; null while unknown.</param>
internal sealed record ServiceFacts(string Name, string State, IReadOnlyDictionary<string, TableFacts> Tables, RetentionFacts? Retention);

/// <param name="State"><c>equal</c>, <c>different</c> …; null when it was never verified.</param>
/// <param name="VerifiedAt">When.</param>
/// <param name="Differences">Rows that differ still.</param>
/// <param name="DeadLetters">Rows that are held back.</param>
internal sealed record TableFacts(string? State, DateTimeOffset? VerifiedAt, long Differences, long DeadLetters);

/// <param name="HoursLeft">Null: never removed, or unknown.</param>
/// <param name="IsUnlimited">The source removes nothing by itself.</param>
internal sealed record RetentionFacts(double? HoursLeft, bool IsUnlimited);
