using System.ComponentModel.DataAnnotations;

namespace Strangler.Proxy.Shadowing;

/// <summary>What asking the other side in the background may cost one replica. Section <c>Shadow</c>.</summary>
public sealed class ShadowOptions
{
    /// <summary>False: nothing is copied, whatever slices declare.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Bytes of requests and answers that may wait or be under way, all slices together; beyond, copies are dropped and counted.</summary>
    [Range(0, int.MaxValue)]
    public int MaxBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// Work of this process that may wait for a thread while copies are still made; beyond, shoppers come first, and copies are dropped and counted.
    /// </summary>
    [Range(1, int.MaxValue)]
    public int YieldAtPendingWork { get; set; } = 16;

    /// <summary>A difference is looked at again, with both sides asked at a known position, this often before it counts.</summary>
    [Range(1, 20)]
    public int Rechecks { get; set; } = 3;

    /// <summary>How long the data's arrival is waited for then.</summary>
    [Range(1, 60_000)]
    public int RecheckWaitMilliseconds { get; set; } = 2000;
}
