using System.Globalization;

namespace Strangler.CdcSync.Binlog.Gtid;

/// <summary>MariaDB's position: the last GTID of each replication domain. Not safe for several threads.</summary>
internal sealed class MariaDbGtidPosition
{
    private readonly SortedDictionary<uint, (uint Server, ulong Sequence)> _domains = [];

    public static MariaDbGtidPosition Parse(string text)
    {
        var position = new MariaDbGtidPosition();
        foreach (var gtid in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (gtid.Split('-') is not [var domain, var server, var sequence]
                || !uint.TryParse(domain, NumberStyles.None, CultureInfo.InvariantCulture, out var domainId)
                || !uint.TryParse(server, NumberStyles.None, CultureInfo.InvariantCulture, out var serverId)
                || !ulong.TryParse(sequence, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                throw new FormatException($"'{gtid}' is no MariaDB GTID (domain-server-sequence).");
            }

            position.Set(domainId, serverId, number);
        }

        return position;
    }

    public void Set(uint domain, uint server, ulong sequence) => _domains[domain] = (server, sequence);

    /// <summary>Whether each domain of the other is here, as far or farther. Numbers of a domain grow from server to server.</summary>
    public bool HasReached(MariaDbGtidPosition other) =>
        other._domains.All(domain => _domains.TryGetValue(domain.Key, out var own) && own.Sequence >= domain.Value.Sequence);

    /// <summary>How many transactions of the other's domains are not here yet.</summary>
    public long Missing(MariaDbGtidPosition other) => other._domains.Sum(domain =>
        Math.Max(0, (long)domain.Value.Sequence - (_domains.TryGetValue(domain.Key, out var own) ? (long)own.Sequence : 0)));

    public override string ToString() => string.Join(
        ',', _domains.Select(domain => string.Create(CultureInfo.InvariantCulture, $"{domain.Key}-{domain.Value.Server}-{domain.Value.Sequence}")));
}
