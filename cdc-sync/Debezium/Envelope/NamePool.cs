using System.IO.Hashing;
using System.Text;

namespace Strangler.CdcSync.Debezium.Envelope;

/// <summary>The few strings that stand in every message (databases, tables, log files), made once. Not safe for several threads.</summary>
internal sealed class NamePool
{
    private const int MaximumKnown = 10_000;

    private readonly Dictionary<ulong, (byte[] Bytes, string Text)> _known = [];

    public string Get(ReadOnlySpan<byte> utf8)
    {
        var hash = XxHash3.HashToUInt64(utf8);
        if (_known.TryGetValue(hash, out var known) && utf8.SequenceEqual(known.Bytes))
        {
            return known.Text;
        }

        var text = Encoding.UTF8.GetString(utf8);
        if (_known.Count >= MaximumKnown)
        {
            _known.Clear();
        }

        _known[hash] = (utf8.ToArray(), text);
        return text;
    }
}
