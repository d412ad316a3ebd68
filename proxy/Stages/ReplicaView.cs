using System.Text.Json.Serialization;
using Strangler.Proxy.Slices;

namespace Strangler.Proxy.Stages;

/// <summary>How a replica stands to the others.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<ReplicaState>))]
public enum ReplicaState
{
    /// <summary>Heard lately, at the newest version.</summary>
    Current,

    /// <summary>Heard lately, at an older version.</summary>
    Behind,

    /// <summary>Overdue, its lease not over yet.</summary>
    Silent,

    /// <summary>Its lease is over, and it takes no more requests that change data; one that it had under way may not have ended.</summary>
    Ending,

    /// <summary>Its lease is over, it refuses to change data by itself, and nothing that it had under way can still come.</summary>
    Fenced,

    /// <summary>Its lease is over, and nothing says that it does not answer by what it last knew.</summary>
    Lost,
}

/// <summary>What a replica last said of itself.</summary>
/// <param name="Id">Host, process, incarnation.</param>
/// <param name="Version">The stage snapshot it routes by.</param>
/// <param name="CatalogHash">The slice declarations it routes by.</param>
/// <param name="SeenAt">When it said so, by the control database's clock.</param>
public sealed record ReplicaView(string Id, long Version, string CatalogHash, DateTimeOffset SeenAt)
{
    public ReplicaState State { get; init; }

    /// <summary>Since it was last heard.</summary>
    public double SilentMilliseconds { get; init; }

    /// <summary>How long a request that it had under way may still take.</summary>
    [JsonIgnore]
    internal double EndingMilliseconds { get; init; }

    [JsonIgnore]
    internal bool IsHeard => State is ReplicaState.Current or ReplicaState.Behind;
}

/// <summary>Who has taken a change.</summary>
/// <param name="Version">The version that all should route by.</param>
/// <param name="Complete">All that are alive have said so.</param>
/// <param name="Milliseconds">How long that took, or how long it was waited for.</param>
/// <param name="Confirmed">They route by it.</param>
/// <param name="Missing">They have not said so: named, with what is known of each.</param>
public sealed record ConfirmationView(long Version, bool Complete, double Milliseconds, IReadOnlyList<string> Confirmed, IReadOnlyList<ReplicaView> Missing);

/// <summary>All replicas that are known.</summary>
public sealed record ReplicasView(long Version, string Self, IReadOnlyList<ReplicaView> Replicas);
