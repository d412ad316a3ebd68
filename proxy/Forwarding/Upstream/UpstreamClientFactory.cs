using Yarp.ReverseProxy.Forwarder;

namespace Strangler.Proxy.Forwarding.Upstream;

/// <summary>Gives every cluster the one upstream client, which keeps a pool for each address by itself.</summary>
internal sealed class UpstreamClientFactory(UpstreamHandler handler) : IForwarderHttpClientFactory, IDisposable
{
    private readonly HttpMessageInvoker _client = new(handler, disposeHandler: false);

    public HttpMessageInvoker CreateClient(ForwarderHttpClientContext context) => _client;

    public void Dispose() => _client.Dispose();
}
