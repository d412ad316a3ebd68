namespace Strangler.CdcSync.Relay;

/// <summary>One message as it goes to Kafka. A null key is a table without one, a null value a tombstone.</summary>
internal sealed record RelayMessage(string Topic, byte[]? Key, byte[]? Value, IReadOnlyList<(string Name, byte[] Value)> Headers)
{
    public RelayMessage(string topic, byte[]? key, byte[]? value)
        : this(topic, key, value, [])
    {
    }
}
