using Strangler.Proxy.Forwarding.Upstream;

namespace Strangler.Proxy.Protection;

/// <summary>A body whose length nobody said: reading fails beyond a limit.</summary>
internal sealed class LimitedBody(Stream inner, long limit) : ReadOnlyStream
{
    private long _read;

    /// <summary>Whether a body may pass. One of unknown length is counted while it is read.</summary>
    public static bool TryLimit(HttpContext context, long limit)
    {
        if (context.Request.ContentLength is { } length)
        {
            return length <= limit;
        }

        context.Request.Body = new LimitedBody(context.Request.Body, limit);
        return true;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        _read += read;
        return _read <= limit ? read : throw new BadHttpRequestException($"The body is longer than {limit} bytes.", StatusCodes.Status413PayloadTooLarge);
    }
}
