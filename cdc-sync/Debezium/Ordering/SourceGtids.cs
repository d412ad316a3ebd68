using System.Globalization;
using Strangler.CdcSync.Binlog.Gtid;
using Strangler.CdcSync.Changes;

namespace Strangler.CdcSync.Debezium.Ordering;

/// <summary>
/// The GTIDs that the changes handed on have come to. A connector passes one server's log on in its order, so everything before a GTID is
/// known with it, though messages tell only of the tables that are captured. Not safe for several threads.
/// </summary>
internal sealed class SourceGtids
{
    private const string FilePrefix = "file=";
    private const string OffsetPrefix = ",pos=";
    private const int OffsetBits = 36;

    private readonly MariaDbGtidPosition? _mariaDb;
    private readonly MySqlGtidSet? _mySql;
    private readonly Dictionary<string, long> _last = [];

    public SourceGtids(string server, string? start)
    {
        if (server == "mariadb")
        {
            _mariaDb = MariaDbGtidPosition.Parse(start ?? "");
        }
        else
        {
            _mySql = MySqlGtidSet.Parse(start ?? "");
        }

        foreach (var gtid in (start ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (TryRead(gtid, out var source, out var number))
            {
                _last[source] = number;
            }
        }
    }

    /// <summary>Whether a GTID, and so everything before it, has been reached.</summary>
    public bool Contains(string gtid) => TryRead(gtid, out var source, out var number) && _last.TryGetValue(source, out var last) && number <= last;

    /// <summary>What a connector calls a transaction that begins at a place and has no GTID.</summary>
    public static string IdOf(string file, long offset) => string.Create(CultureInfo.InvariantCulture, $"{FilePrefix}{file}{OffsetPrefix}{offset}");

    /// <summary>Whether the first of two GTIDs is not after the second in the same source's order.</summary>
    public static bool IsNotAfter(string gtid, string other) =>
        TryRead(gtid, out var source, out var number) && TryRead(other, out var otherSource, out var otherNumber) && source == otherSource && number <= otherNumber;

    /// <summary>Whether something without a transaction of its own, as MySQL's statements are, may stand between what has been reached and a transaction.</summary>
    public bool MayMiss(string gtid) => _mySql is not null && TryRead(gtid, out var source, out var number)
        && (source == FilePrefix || !_last.TryGetValue(source, out var last) || number > last + 1);

    public void Reach(string? gtid)
    {
        if (gtid is null || !TryRead(gtid, out var source, out var number) || (_last.TryGetValue(source, out var last) && last >= number))
        {
            return;
        }

        _last[source] = number;
        if (_mariaDb is not null && gtid.Split('-') is [var domain, var server, _])
        {
            _mariaDb.Set(uint.Parse(domain, CultureInfo.InvariantCulture), uint.Parse(server, CultureInfo.InvariantCulture), (ulong)number);
        }
        else if (_mySql is not null && source != FilePrefix)
        {
            var parts = source.Split(':');
            _mySql.AddThrough(Guid.Parse(parts[0]), parts.Length > 1 ? parts[1] : "", number);
        }
    }

    /// <summary>Takes over what a source had executed at a place that has been passed.</summary>
    public void Merge(string? executed)
    {
        foreach (var part in (executed ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            Reach(part);
        }
    }

    public string? Text => (_mariaDb?.ToString() ?? _mySql?.ToString()) is { Length: > 0 } text ? text : null;

    // domain-server-sequence, or uuid[:tag]:number, or uuid[:tag]:first-last; or file=name,pos=number, by which a connector names a transaction without any.
    private static long NumberOf(string file, long offset) => (new SourcePosition("", file, 0, null).FileNumber << OffsetBits) + offset;

    private static bool TryRead(string gtid, out string source, out long number)
    {
        (source, number) = ("", 0);
        if (gtid.StartsWith(FilePrefix, StringComparison.Ordinal))
        {
            var comma = gtid.LastIndexOf(OffsetPrefix, StringComparison.Ordinal);
            if (comma < 0 || !long.TryParse(gtid.AsSpan(comma + OffsetPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            {
                return false;
            }

            (source, number) = (FilePrefix, NumberOf(gtid[FilePrefix.Length..comma], offset));
            return true;
        }

        var colon = gtid.LastIndexOf(':');
        if (colon > 0)
        {
            source = gtid[..colon].Split(':') is [var uuid, var tag, ..] && tag.Length > 0 && (char.IsAsciiLetter(tag[0]) || tag[0] == '_') ? $"{uuid}:{tag}" : gtid[..gtid.IndexOf(':', StringComparison.Ordinal)];
            return Guid.TryParse(source.Split(':')[0], out _)
                && long.TryParse(gtid.AsSpan(Math.Max(gtid.LastIndexOf('-'), colon) + 1), NumberStyles.None, CultureInfo.InvariantCulture, out number);
        }

        if (gtid.Split('-') is not [var domain, var server, var sequence]
            || !uint.TryParse(domain, NumberStyles.None, CultureInfo.InvariantCulture, out _) || !uint.TryParse(server, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            return false;
        }

        source = domain;
        return long.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
