using System.Collections.Frozen;
using System.Text.Json.Serialization;
using Strangler.Proxy.WriteSwitch;

namespace Strangler.Proxy.Stages;

/// <summary>Where one slice stands.</summary>
/// <param name="SliceId">The slice.</param>
/// <param name="Stage">Its stage.</param>
/// <param name="Percent">Share of visitors on the service's side while in <see cref="Stages.Stage.Canary"/>, 0 to 100.</param>
/// <param name="Rules">Targeting and time window of the canary.</param>
/// <param name="Version">Rises by one with each change of this slice; 0 for a slice that never moved.</param>
/// <param name="ChangedAt">When; null for a slice that never moved.</param>
public sealed record StageEntry(string SliceId, Stage Stage, double Percent, AudienceRules Rules, long Version, DateTimeOffset? ChangedAt)
{
    /// <summary>Who owns what the slice writes.</summary>
    [JsonIgnore]
    public WriteState Writes
    {
        get => KeptWrites ?? WriteState.Initial;
        init => KeptWrites = value == WriteState.Initial ? null : value;
    }

    /// <summary>The same for requests of a rehearsal.</summary>
    [JsonIgnore]
    public WriteState Rehearsal
    {
        get => KeptRehearsal ?? WriteState.Initial;
        init => KeptRehearsal = value == WriteState.Initial ? null : value;
    }

    // As kept in the audit log and on disk: most slices never write, and say nothing of it.
    [JsonInclude]
    [JsonPropertyName("writes")]
    internal WriteState? KeptWrites { get; init; }

    [JsonInclude]
    [JsonPropertyName("rehearsal")]
    internal WriteState? KeptRehearsal { get; init; }

    public static StageEntry Initial(string sliceId) => new(sliceId, Stage.Legacy, 0, AudienceRules.None, 0, null);
}

/// <summary>The whole of what the control database says about routing, at one version. Immutable.</summary>
public sealed class StageSnapshot
{
    private readonly FrozenDictionary<string, StageEntry> _bySlice;

    public StageSnapshot(long version, bool killSwitch, IEnumerable<StageEntry> entries)
    {
        Version = version;
        KillSwitch = killSwitch;
        _bySlice = entries.ToFrozenDictionary(entry => entry.SliceId, StringComparer.Ordinal);
    }

    public static StageSnapshot Empty { get; } = new(0, false, []);

    /// <summary>Rises with every change of anything.</summary>
    public long Version { get; }

    /// <summary>When on, Magento answers everything.</summary>
    public bool KillSwitch { get; }

    public IEnumerable<StageEntry> Entries => _bySlice.Values;

    /// <summary>The slice's entry; one that was never moved is <see cref="Stage.Legacy"/>.</summary>
    public StageEntry Of(string sliceId) => _bySlice.GetValueOrDefault(sliceId) ?? StageEntry.Initial(sliceId);
}
