using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Forwarding;
using Strangler.Proxy.Parity;
using Strangler.Proxy.Slices;

namespace Strangler.Proxy.Shadowing;

/// <summary>Where both sides of a slice are; schemes and authorities.</summary>
internal sealed record SideAddresses(Uri Magento, Uri Service);

/// <summary>Asks one side a kept request, apart from the shoppers' connections, and reads the whole answer.</summary>
internal sealed class SideClient : IDisposable
{
    private const int ReadBytes = 16 * 1024;
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly FacadeOptions _facade;
    private readonly RoutingOptions _routing;
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        ConnectTimeout = TimeSpan.FromSeconds(5),
        // As they came: one byte per character.
        RequestHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
        ResponseHeaderEncodingSelector = static (_, _) => Encoding.Latin1,
    });

    public SideClient(IOptions<FacadeOptions> facade, IOptions<RoutingOptions> routing) => (_facade, _routing) = (facade.Value, routing.Value);

    /// <summary>Where a slice's requests go.</summary>
    public SideAddresses AddressesOf(Slice slice) => new(_facade.Magento, _routing.Services[slice.Config.Service]);

    /// <summary>The answer; null when it does not come, breaks off, or is larger than the slice's copies may be.</summary>
    public async Task<Answer?> AskAsync(Uri address, ShadowRequest request, int maximumBytes, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(address.GetLeftPart(UriPartial.Authority) + request.Target, AsWritten));
        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(body);
        }

        foreach (var (name, value) in request.Fields)
        {
            if (!message.Headers.TryAddWithoutValidation(name, value))
            {
                message.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        try
        {
            using var response = await _client.SendAsync(message, cancellationToken);
            return await ReadAsync(response, maximumBytes, cancellationToken);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or SocketException or OperationCanceledException)
        {
            return null;
        }
    }

    public void Dispose() => _client.Dispose();

    private static async Task<Answer?> ReadAsync(HttpResponseMessage response, int maximumBytes, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var body = response.Content.Headers.ContentLength is { } length && response.RequestMessage?.Method != HttpMethod.Head
            ? await ReadAsync(stream, length, maximumBytes, cancellationToken)
            : await ReadToEndAsync(stream, maximumBytes, cancellationToken);
        if (body is null)
        {
            return null;
        }

        var fields = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated).SelectMany(field => field.Value.Select(value => (field.Key, value)));
        return new Answer((int)response.StatusCode, [.. fields], body);
    }

    private static async Task<byte[]?> ReadAsync(Stream stream, long length, int maximumBytes, CancellationToken cancellationToken)
    {
        if (length > maximumBytes)
        {
            return null;
        }

        var body = GC.AllocateUninitializedArray<byte>((int)length);
        // Where the status allows no body, the field names the length of one that does not come.
        var read = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken);
        return read == body.Length ? body : body[..read];
    }

    private static async Task<byte[]?> ReadToEndAsync(Stream stream, int maximumBytes, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
            {
                if (body.Length + read > maximumBytes)
                {
                    return null;
                }

                body.Write(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return body.ToArray();
    }
}
