using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Strangler.Proxy.Forwarding.Upstream;

namespace Strangler.Proxy.Forwarding;

/// <summary>
/// Writes a chunked body to an HTTP/1.1 client with its trailers, which the server does not offer there: with the Transfer-Encoding
/// field set by the application it leaves the framing to it.
/// </summary>
internal sealed class ChunkedResponse(PipeWriter output) : WriteOnlyStream
{
    private const int LongestSizeLine = 10;

    /// <summary>
    /// Takes over the framing, unless something above has put its own stream in place of the server's: that one would see frames
    /// for a body, so it keeps the server's chunks and loses trailers.
    /// </summary>
    public static void Install(HttpContext context)
    {
        var body = context.Features.Get<IHttpResponseBodyFeature>();
        if (body is null or StreamResponseBodyFeature || HttpMethods.IsHead(context.Request.Method) || context.Response.StatusCode is 204 or 205 or 304)
        {
            return;
        }

        context.Response.Headers.TransferEncoding = "chunked";
        context.Response.Body = new ChunkedResponse(body.Writer);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!buffer.IsEmpty)
        {
            WriteChunk(buffer.Span);
            await FlushPipeAsync(cancellationToken);
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken).AsTask();

    public async ValueTask FinishAsync(IReadOnlyList<UpstreamField> trailers, CancellationToken cancellationToken)
    {
        output.Write("0\r\n"u8);
        foreach (var trailer in trailers)
        {
            output.Write(Encoding.Latin1.GetBytes($"{trailer.Name}: {trailer.Value}\r\n"));
        }

        output.Write("\r\n"u8);
        await FlushPipeAsync(cancellationToken);
    }

    private void WriteChunk(ReadOnlySpan<byte> data)
    {
        var line = output.GetSpan(LongestSizeLine);
        _ = Utf8Formatter.TryFormat(data.Length, line, out var digits, new StandardFormat('x'));
        "\r\n"u8.CopyTo(line[digits..]);
        output.Advance(digits + 2);
        output.Write(data);
        output.Write("\r\n"u8);
    }

    private async ValueTask FlushPipeAsync(CancellationToken cancellationToken)
    {
        var result = await output.FlushAsync(cancellationToken);
        if (result.IsCanceled)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }
}
