using System.Threading.Channels;

namespace Strangler.CdcSync.Snapshot;

/// <summary>Wakes the one who carries out orders to read rows again. Safe for several threads.</summary>
internal sealed class RereadSignal
{
    private readonly Channel<bool> _ordered = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Says that an order was committed.</summary>
    public void Ordered() => _ordered.Writer.TryWrite(true);

    /// <summary>Completes when something may have been ordered since the last time.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken) => await _ordered.Reader.ReadAsync(cancellationToken);
}
