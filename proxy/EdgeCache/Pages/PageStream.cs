using System.IO.Compression;
using Strangler.Proxy.EdgeCache.Pages.Esi;
using Strangler.Proxy.Forwarding.Upstream;

namespace Strangler.Proxy.EdgeCache.Pages;

/// <summary>
/// Where Magento's answer goes instead of straight to the client: collected while it may be kept, else passed on as it comes, with the fragments in their places and
/// compressed.
/// </summary>
/// <param name="client">The way to the client.</param>
/// <param name="fragment">Fetches what belongs in the place of a tag; null when tags are not looked for.</param>
/// <param name="compress">Whether the client takes gzip, and there is a point in it.</param>
/// <param name="maximumBytes">How much is collected; 0 passes everything on.</param>
internal sealed class PageStream(Stream client, Func<EsiTag, Task<AssembledPage?>>? fragment, bool compress, int maximumBytes) : WriteOnlyStream
{
    private MemoryStream? _collected = maximumBytes > 0 ? new MemoryStream() : null;
    private byte[] _held = [];
    private Stream? _sink;

    /// <summary>Nothing has gone to the client yet, and all that came is here.</summary>
    public bool IsCollecting => _collected is not null;

    /// <summary>The bytes are not Magento's any more: neither their number nor a tag for them is.</summary>
    public bool IsChanging => !IsCollecting && (fragment is not null || compress);

    public bool IsCompressing => _sink is GZipStream;

    /// <summary>More came than is kept.</summary>
    public Action? Overflowing { get; init; }

    public byte[] Take()
    {
        var all = _collected!.ToArray();
        _collected = null;
        return all;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_collected is { } collected)
        {
            if (collected.Length + buffer.Length <= maximumBytes)
            {
                collected.Write(buffer.Span);
                return;
            }

            Overflowing?.Invoke();
            await PassAsync(Take(), cancellationToken);
        }

        await PassAsync(buffer, cancellationToken);
    }

    /// <summary>Nothing more will come.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        if (_held.Length > 0)
        {
            // What looked like a tag and has no end is text; behind its beginning there may be others.
            await ExpandAsync(_held, isEnd: true, fragment!, cancellationToken);
        }

        if (_sink is GZipStream gzip)
        {
            await gzip.DisposeAsync();
        }
    }

    private async ValueTask PassAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (fragment is null)
        {
            await WriteTextAsync(bytes, cancellationToken);
        }
        else
        {
            await ExpandAsync(_held.Length == 0 ? bytes : (byte[])[.. _held, .. bytes.Span], isEnd: false, fragment, cancellationToken);
        }

        if (_sink is GZipStream gzip)
        {
            await gzip.FlushAsync(cancellationToken);
        }
    }

    private async ValueTask ExpandAsync(ReadOnlyMemory<byte> bytes, bool isEnd, Func<EsiTag, Task<AssembledPage?>> fetch, CancellationToken cancellationToken)
    {
        var from = 0;
        EsiFind found;
        while ((found = EsiTag.Find(bytes.Span, from, isEnd, out var tag)) == EsiFind.Found)
        {
            var coming = fetch(tag);
            await WriteTextAsync(bytes[from..tag.Start], cancellationToken);
            if (await coming is { } text)
            {
                await WriteTextAsync(text.Body, cancellationToken);
            }

            from = tag.End;
        }

        _ = EsiTag.Find(bytes.Span, from, isEnd, out var rest);
        var held = found == EsiFind.Partial ? rest.Start : bytes.Length;
        await WriteTextAsync(bytes[from..held], cancellationToken);
        _held = bytes[held..].ToArray();
    }

    private ValueTask WriteTextAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (bytes.IsEmpty)
        {
            return default;
        }

        _sink ??= compress ? new GZipStream(client, CompressionLevel.Fastest, leaveOpen: true) : client;
        return _sink.WriteAsync(bytes, cancellationToken);
    }
}
