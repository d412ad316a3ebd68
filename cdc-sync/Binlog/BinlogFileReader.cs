using Strangler.CdcSync.Binlog.Events;

namespace Strangler.CdcSync.Binlog;

/// <summary>The raw events of a log file, each as it stands in the file.</summary>
internal static class BinlogFileReader
{
    private const uint MaximumEvent = 1u << 30;

    private static ReadOnlySpan<byte> Magic => [0xFE, (byte)'b', (byte)'i', (byte)'n'];

    public static IEnumerable<ReadOnlyMemory<byte>> Read(ReadOnlyMemory<byte> file)
    {
        if (!file.Span.StartsWith(Magic))
        {
            throw new FormatException("This is no binary log: it does not begin with its signature.");
        }

        for (var at = Magic.Length; at < file.Length;)
        {
            var rest = file[at..];
            var length = rest.Length < EventHeader.Size ? 0 : EventHeader.Parse(rest.Span).Length;
            if (length is < EventHeader.Size or > MaximumEvent || length > rest.Length)
            {
                throw new FormatException($"The log is cut off or damaged at {at}: an event of {length} bytes where {rest.Length} are left.");
            }

            yield return rest[..(int)length];
            at += (int)length;
        }
    }
}
