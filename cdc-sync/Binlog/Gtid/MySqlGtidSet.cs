using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Strangler.CdcSync.Binlog.Gtid;

/// <summary>
/// MySQL's set of transaction ids: for each source and tag the numbers seen, as ranges. Parsed and printed as
/// <c>@@gtid_executed</c> shows it; encoded as the dump command wants it. Not safe for several threads.
/// </summary>
internal sealed class MySqlGtidSet
{
    private readonly SortedDictionary<(string Source, string Tag), List<(long First, long Last)>> _ranges = [];

    public static MySqlGtidSet Parse(string text)
    {
        var set = new MySqlGtidSet();
        foreach (var source in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = source.Split(':');
            var id = Guid.TryParse(parts[0], out var uuid) ? uuid.ToString() : throw new FormatException($"'{source}' is no GTID set: '{parts[0]}' is no UUID.");
            var tag = "";
            foreach (var part in parts.Skip(1))
            {
                if (part.Length > 0 && (char.IsAsciiLetter(part[0]) || part[0] == '_'))
                {
                    tag = part.ToLowerInvariant();
                    continue;
                }

                var ends = part.Split('-');
                if (ends.Length > 2 || !TryNumber(ends[0], out var first) || !TryNumber(ends[^1], out var last) || last < first)
                {
                    throw new FormatException($"'{source}' is no GTID set: '{part}' is no range of numbers.");
                }

                set.Add(id, tag, first, last);
            }
        }

        return set;
    }

    public void Add(Guid source, string tag, long number) => Add(source.ToString(), tag, number, number);

    /// <summary>Takes transactions out again.</summary>
    public void Remove(MySqlGtidSet other)
    {
        foreach (var (key, removed) in other._ranges)
        {
            if (!_ranges.TryGetValue(key, out var ranges))
            {
                continue;
            }

            foreach (var (first, last) in removed)
            {
                ranges = [.. ranges.SelectMany(range => new[] { (First: range.First, Last: Math.Min(range.Last, first - 1)), (First: Math.Max(range.First, last + 1), Last: range.Last) })
                    .Where(range => range.First <= range.Last)];
            }

            _ranges[key] = ranges;
            if (ranges.Count == 0)
            {
                _ranges.Remove(key);
            }
        }
    }

    /// <summary>How many transactions it holds.</summary>
    public long Count => _ranges.Values.Sum(ranges => ranges.Sum(range => range.Last - range.First + 1));

    /// <summary>Adds every number of a source up to one.</summary>
    public void AddThrough(Guid source, string tag, long number) => Add(source.ToString(), tag, 1, number);

    public bool Contains(MySqlGtidSet other) => other._ranges.All(entry =>
        _ranges.TryGetValue(entry.Key, out var own)
        && entry.Value.All(range => own.Any(mine => mine.First <= range.First && mine.Last >= range.Last)));

    /// <summary>The set as COM_BINLOG_DUMP_GTID carries it; servers before 8.3 know it without tags only.</summary>
    public byte[] Encode()
    {
        var tagged = _ranges.Keys.Any(key => key.Tag.Length > 0);
        using var bytes = new MemoryStream();
        var count = (ulong)_ranges.Count;
        Write(bytes, tagged ? (1UL << 56) | (count << 8) | 1 : count);
        foreach (var ((source, tag), ranges) in _ranges)
        {
            bytes.Write(Guid.Parse(source).ToByteArray(bigEndian: true));
            if (tagged)
            {
                bytes.WriteByte((byte)(tag.Length << 1));
                bytes.Write(Encoding.ASCII.GetBytes(tag));
            }

            Write(bytes, (ulong)ranges.Count);
            foreach (var (first, last) in ranges)
            {
                Write(bytes, (ulong)first);
                Write(bytes, (ulong)last + 1);
            }
        }

        return bytes.ToArray();
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        string? previous = null;
        foreach (var ((source, tag), ranges) in _ranges)
        {
            if (source != previous)
            {
                text.Append(text.Length > 0 ? "," : "").Append(source);
                previous = source;
            }

            text.Append(tag.Length > 0 ? ":" + tag : "");
            foreach (var (first, last) in ranges)
            {
                text.Append(CultureInfo.InvariantCulture, $":{first}");
                text.Append(last > first ? string.Create(CultureInfo.InvariantCulture, $"-{last}") : "");
            }
        }

        return text.ToString();
    }

    private void Add(string source, string tag, long first, long last)
    {
        if (!_ranges.TryGetValue((source, tag), out var ranges))
        {
            _ranges[(source, tag)] = ranges = [];
        }

        // The usual case: the next number of the last range.
        if (ranges.Count > 0 && ranges[^1].Last + 1 == first)
        {
            ranges[^1] = (ranges[^1].First, last);
            return;
        }

        var merged = new List<(long First, long Last)>();
        foreach (var range in ranges.Append((First: first, Last: last)).OrderBy(range => range.First))
        {
            if (merged.Count > 0 && range.First <= merged[^1].Last + 1)
            {
                merged[^1] = (merged[^1].First, Math.Max(merged[^1].Last, range.Last));
            }
            else
            {
                merged.Add(range);
            }
        }

        _ranges[(source, tag)] = merged;
    }

    private static void Write(Stream bytes, ulong value)
    {
        Span<byte> buffer = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(buffer, value);
        bytes.Write(buffer);
    }

    private static bool TryNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
}
