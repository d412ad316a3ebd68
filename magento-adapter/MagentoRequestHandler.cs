using System.Net.Http.Headers;
using Microsoft.Extensions.Options;

namespace Strangler.MagentoAdapter;

/// <summary>What every request carries: who calls, the answer's form, and the store's own host name.</summary>
internal sealed class MagentoRequestHandler(IOptions<MagentoAdapterOptions> options) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        request.Headers.Host = settings.Host;
        if (request.Headers.Accept.Count == 0)
        {
            // Without this Magento may choose XML; with an unknown one it answers 500.
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        }

        if (settings.AccessToken is { Length: > 0 } token && request.Headers.Authorization is null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return base.SendAsync(request, cancellationToken);
    }
}
