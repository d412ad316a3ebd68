using System.ComponentModel.DataAnnotations;

namespace Strangler.CdcSync.Verify;

/// <summary>The section <c>Cdc:Verify</c>: how source and mirrors are compared, and how gently.</summary>
internal sealed class VerifyOptions
{
    /// <summary>How long one chunk's checksum should take; the rows in a chunk follow from it.</summary>
    [Range(10, 10_000)]
    public int ChunkMilliseconds { get; set; } = 500;

    /// <summary>The most rows in a chunk, however quick the servers are.</summary>
    [Range(10, 10_000_000)]
    public int MaximumChunkRows { get; set; } = 200_000;

    /// <summary>Rows compared in a second at most; zero for as many as go.</summary>
    [Range(0, 100_000_000)]
    public int RowsPerSecond { get; set; }

    /// <summary>Threads running at the source beyond which comparing pauses; zero never asks.</summary>
    [Range(0, 100_000)]
    public int MaximumThreadsRunning { get; set; } = 25;

    /// <summary>Milliseconds that the mirror may be behind before comparing pauses.</summary>
    [Range(100, 3_600_000)]
    public int MaximumLagMilliseconds { get; set; } = 10_000;

    /// <summary>How often a row that keeps changing is looked at again before it is called unsettled.</summary>
    [Range(1, 1000)]
    public int Passes { get; set; } = 20;

    /// <summary>Differing rows of a table that are kept with their values; all are counted.</summary>
    [Range(0, 100_000)]
    public int Samples { get; set; } = 100;

    /// <summary>Hours after which a result no longer counts as proof.</summary>
    [Range(0.001, 100_000)]
    public double StaleAfterHours { get; set; } = 24;
}
