namespace Strangler.CdcSync.Debezium.Envelope;

/// <summary>A message as the broker gave it, with the headers that mean something here.</summary>
internal readonly record struct TopicMessage(
    string Topic, int Partition, long Offset, long TimestampMilliseconds, byte[]? Key, byte[]? Value, IReadOnlyList<(string Name, byte[] Value)> Headers)
{
    private static readonly IReadOnlyList<(string Name, byte[] Value)> None = [];

    public static IReadOnlyList<(string Name, byte[] Value)> NoHeaders => None;

    public int Bytes => (Key?.Length ?? 0) + (Value?.Length ?? 0);

    public byte[]? Header(string name)
    {
        foreach (var header in Headers)
        {
            if (header.Name == name)
            {
                return header.Value;
            }
        }

        return null;
    }
}
