using System.Globalization;
using System.Text.Json.Serialization;
using Strangler.CdcSync.Binlog.Gtid;

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
    public const string MariaDb = "mariadb";
    public const string MySql = "mysql";

    /// <summary>Which server of a cluster file and offset belong to; null where that is not known, and then taken for the same.</summary>
    [JsonPropertyName("origin"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Origin { get; init; }

    /// <summary>Distributed transactions that are prepared here and neither committed nor rolled back: where to read them again. Null for none.</summary>
    [JsonPropertyName("prepared"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<PreparedTransaction>? Prepared { get; init; }

    /// <summary>
    /// Whether everything up to <paramref name="other"/> lies before this place. Places of two servers are compared by their GTIDs; where
    /// one has none nothing is known, so the answer is no.
    /// </summary>
    public bool HasReached(SourcePosition other)
    {
        if (!IsOfSameServer(other))
        {
            return HasReachedByGtid(other);
        }

        var byFile = FileNumber.CompareTo(other.FileNumber);
        // A place that was told by messages is where the last event began; its GTIDs say whether anything comes after.
        return byFile > 0 || (byFile == 0 && Offset >= other.Offset) || HasReachedByGtid(other);
    }

    public bool IsOfSameServer(SourcePosition other) => Origin is null || other.Origin is null || Origin == other.Origin;

    /// <summary>The number a log file's name ends with; it grows with every rotation.</summary>
    [JsonIgnore]
    public long FileNumber => long.TryParse(File.AsSpan(File.LastIndexOf('.') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    public override string ToString() => Gtid is { Length: > 0 } ? $"{File}:{Offset} ({Gtid})" : $"{File}:{Offset}";

    private bool HasReachedByGtid(SourcePosition other)
    {
        if (Gtid is not { Length: > 0 } || other.Gtid is not { Length: > 0 } || Server != other.Server)
        {
            return false;
        }

        return Server == MariaDb
            ? MariaDbGtidPosition.Parse(Gtid).HasReached(MariaDbGtidPosition.Parse(other.Gtid))
            : MySqlGtidSet.Parse(Gtid).Contains(MySqlGtidSet.Parse(other.Gtid));
    }
}

/// <summary>A distributed transaction that waits for its end, and where its events begin.</summary>
/// <param name="Xid">Its id as the log writes it.</param>
/// <param name="File">The file in which it was prepared.</param>
/// <param name="Offset">Where in the file.</param>
/// <param name="Gtid">MySQL: the GTID of its preparation. MariaDB: the GTIDs before it.</param>
internal sealed record PreparedTransaction(
    [property: JsonPropertyName("xid")] string Xid,
    [property: JsonPropertyName("file")] string File,
    [property: JsonPropertyName("offset")] long Offset,
    [property: JsonPropertyName("gtid")] string? Gtid)
{
    /// <summary>Which server file and offset belong to.</summary>
    [JsonPropertyName("origin"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Origin { get; init; }
}
