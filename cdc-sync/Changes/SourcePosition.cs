using System.Globalization;
using System.Text.Json.Serialization;

namespace Strangler.CdcSync.Changes;

/// <summary>
/// A place in a server's binary log: after it, everything is still to be read. Places of one server are ordered by file and offset;
/// the GTIDs say the same in a form that another server of the same cluster understands.
/// </summary>
internal sealed record SourcePosition(
    [property: JsonPropertyName("server")] string Server,
    [property: JsonPropertyName("file")] string File,
    [property: JsonPropertyName("offset")] long Offset,
    [property: JsonPropertyName("gtid")] string? Gtid)
{
    /// <summary>Whether everything up to <paramref name="other"/> lies before this place.</summary>
    public bool HasReached(SourcePosition other)
    {
        var byFile = FileNumber.CompareTo(other.FileNumber);
        return byFile > 0 || (byFile == 0 && Offset >= other.Offset);
    }

    /// <summary>The number a log file's name ends with; it grows with every rotation.</summary>
    [JsonIgnore]
    public long FileNumber => long.TryParse(File.AsSpan(File.LastIndexOf('.') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    public override string ToString() => Gtid is { Length: > 0 } ? $"{File}:{Offset} ({Gtid})" : $"{File}:{Offset}";
}
