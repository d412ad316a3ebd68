namespace Strangler.Proxy.Forwarding.Upstream;

/// <summary>The connection after a 101: bytes in both directions, until either side ends it.</summary>
internal sealed class UpgradedStream(Exchange exchange) : ReadOnlyStream
{
    private readonly UpstreamConnection _connection = exchange.Connection;

    public override bool CanWrite => true;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var buffered = _connection.Buffered;
        if (buffered.IsEmpty)
        {
            return _connection.ReadDirectAsync(buffer);
        }

        var count = Math.Min(buffered.Length, buffer.Length);
        buffered[..count].CopyTo(buffer.Span);
        _connection.Consume(count);
        return new ValueTask<int>(count);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _connection.WriteAsync(buffer);

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    protected override void Dispose(bool disposing)
    {
        exchange.Abort();
        base.Dispose(disposing);
    }
}
