using System.Net;

namespace Strangler.Proxy.Forwarding.Upstream;

/// <summary>
/// An upstream's response with its fields as they came, line by line. <see cref="HttpResponseMessage.Headers"/> is filled only for
/// an upgrade, where YARP reads it.
/// </summary>
public sealed class UpstreamResponse : HttpResponseMessage
{
    private readonly ResponseHead _head;

    internal UpstreamResponse(Exchange exchange, ResponseHead head, HttpRequestMessage request)
        : base((HttpStatusCode)head.Status)
    {
        _head = head;
        RequestMessage = request;
        ReasonPhrase = head.Reason;
        Version = HttpVersion.Version11;
        if (head.Status == StatusCodes.Status101SwitchingProtocols)
        {
            foreach (var field in head.Span)
            {
                Headers.TryAddWithoutValidation(field.Name, field.Value);
            }

            Content = new UpstreamContent(new UpgradedStream(exchange));
            return;
        }

        Body = new ResponseBody(exchange, head, HttpMethods.IsHead(exchange.Context.Request.Method));
        Content = new UpstreamContent(Body);
    }

    /// <summary>The field lines in their order.</summary>
    public ReadOnlySpan<UpstreamField> Fields => _head.Span;

    /// <summary>The body's length if the upstream said one and does not send chunks.</summary>
    public long? ContentLength => _head.IsChunked ? null : _head.ContentLength;

    internal ResponseBody? Body { get; }

    /// <summary>The first value of a field, or null.</summary>
    public string? Field(string name)
    {
        foreach (var field in _head.Span)
        {
            if (string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return field.Value;
            }
        }

        return null;
    }

    private sealed class UpstreamContent(Stream stream) : HttpContent
    {
        protected override Task<Stream> CreateContentReadStreamAsync() => Task.FromResult(stream);

        protected override Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) => Task.FromResult(stream);

        protected override Task SerializeToStreamAsync(Stream target, TransportContext? context) => stream.CopyToAsync(target);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }

        protected override void Dispose(bool disposing)
        {
            stream.Dispose();
            base.Dispose(disposing);
        }
    }
}
