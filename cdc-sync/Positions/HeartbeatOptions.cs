using System.ComponentModel.DataAnnotations;

namespace Strangler.CdcSync.Positions;

/// <summary>
/// The section <c>Cdc:Heartbeat</c>: a row of its own that is written at the source and awaited in the read model. Off until a table is named,
/// for the source's user may only read in many shops.
/// </summary>
internal sealed class HeartbeatOptions
{
    /// <summary>The table, such as <c>strangler_heartbeat</c>, or <c>database.table</c>; made when it is not there. Empty for none.</summary>
    [RegularExpression(@"^[^`;'""\\.]*(\.[^`;'""\\.]+)?$")]
    public string Table { get; set; } = "";

    /// <summary>How often it is written.</summary>
    [Range(20, 600_000)]
    public int Milliseconds { get; set; } = 1000;
}
