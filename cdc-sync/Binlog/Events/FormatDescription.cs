using System.Text;

namespace Strangler.CdcSync.Binlog.Events;

/// <summary>How the events of a log file are written: by which server, with which fixed lengths, with a checksum or not.</summary>
internal sealed record FormatDescription(string ServerVersion, bool HasChecksums, byte[] PostHeaderLengths) : BinlogEvent
{
    private const int ServerVersionLength = 50;
    private const int LogVersion = 4;
    private const int ChecksumLength = 4;

    public bool IsMariaDb => ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);

    /// <summary>What to assume until the log has said: today's format.</summary>
    public static FormatDescription Default(bool hasChecksums) => new("", hasChecksums, []);

    /// <summary>Table ids take six bytes, in logs of old 5.1 servers four.</summary>
    public int TableIdLength(EventType type) => PostHeaderLength(type, 8) == 6 ? 4 : 6;

    public int PostHeaderLength(EventType type, int otherwise) => (int)type - 1 < PostHeaderLengths.Length ? PostHeaderLengths[(int)type - 1] : otherwise;

    public static FormatDescription Parse(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        var version = reader.ReadUInt16();
        if (version != LogVersion)
        {
            throw reader.Malformed($"a log of version {version}; only {LogVersion} is known");
        }

        var server = Encoding.ASCII.GetString(reader.Take(ServerVersionLength)).TrimEnd('\0');
        reader.Skip(4);
        var headerLength = reader.ReadByte();
        if (headerLength != EventHeader.Size)
        {
            throw reader.Malformed($"event headers of {headerLength} bytes");
        }

        if (!KnowsChecksums(server))
        {
            return new FormatDescription(server, false, reader.TakeRest().ToArray());
        }

        var lengths = reader.Take(reader.Remaining - 1 - ChecksumLength).ToArray();
        var algorithm = reader.ReadByte();
        return algorithm <= 1
            ? new FormatDescription(server, algorithm == 1, lengths)
            : throw reader.Malformed($"checksums of the unknown algorithm {algorithm}");
    }

    private static bool KnowsChecksums(string server)
    {
        var numbers = server.Split('.', '-').Take(3).Select(part => int.TryParse(part, out var number) ? number : 0).ToArray();
        var version = new Version(numbers.ElementAtOrDefault(0), numbers.ElementAtOrDefault(1), numbers.ElementAtOrDefault(2));
        return version >= (server.Contains("MariaDB", StringComparison.OrdinalIgnoreCase) ? new Version(5, 3, 0) : new Version(5, 6, 1));
    }
}
