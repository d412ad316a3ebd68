using Strangler.Proxy.Forwarding.Upstream;

namespace Strangler.Proxy.Evidence.Shop;

/// <summary>Holds an answer back until it is whole, for who must read it before its fields go; one that is longer than a bound goes on unread.</summary>
internal sealed class HeldAnswer(Stream client, int bound) : WriteOnlyStream
{
    private MemoryStream? _held = new();

    // What makes the server's own answer to a fault throw away what was written before it.
    public override bool CanSeek => _held is not null;

    public override long Length => _held?.Length ?? throw new NotSupportedException();

    /// <summary>The whole answer; null when it was too long and has gone.</summary>
    public ReadOnlyMemory<byte>? Whole => _held is { } held ? held.GetBuffer().AsMemory(0, (int)held.Length) : null;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_held is { } held && held.Length + buffer.Length <= bound)
        {
            held.Write(buffer.Span);
            return;
        }

        await ReleaseAsync(cancellationToken);
        await client.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => _held is null ? client.FlushAsync(cancellationToken) : Task.CompletedTask;

    public override void SetLength(long value) => (_held ?? throw new NotSupportedException()).SetLength(value);

    /// <summary>Lets it go.</summary>
    public async ValueTask ReleaseAsync(CancellationToken cancellationToken)
    {
        if (Whole is { } whole)
        {
            _held = null;
            if (!whole.IsEmpty)
            {
                await client.WriteAsync(whole, cancellationToken);
            }
        }
    }
}
