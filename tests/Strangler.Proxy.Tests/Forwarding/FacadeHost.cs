using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Strangler.Proxy.Forwarding;

namespace Strangler.Proxy.Tests.Forwarding;

/// <summary>The facade on real Kestrel and free ports, without slices unless a test adds a pipeline.</summary>
internal sealed class FacadeHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Uri[] _addresses;

    private FacadeHost(WebApplication app)
    {
        _app = app;
        _addresses = [.. app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Select(url => new Uri(url))];
    }

    public IServiceProvider Services => _app.Services;

    public int StorefrontPort => _addresses[0].Port;

    public int ControlPort => _addresses[^1].Port;

    public static Task<FacadeHost> StartAsync(Uri magento, params (string Key, string Value)[] settings) => StartAsync(magento, null, settings);

    public static async Task<FacadeHost> StartAsync(
        Uri magento, Action<IReverseProxyApplicationBuilder>? pipeline, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel((context, kestrel) => kestrel.Configure(context.Configuration.GetSection("Kestrel")));
        builder.Services.AddRoutingCore();
        builder.Services.AddLogging(logging => logging.ClearProviders());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Facade:StorefrontUrls"] = "http://127.0.0.1:0",
            ["Facade:ControlUrls"] = "http://127.0.0.1:0",
            ["Facade:Magento"] = magento.ToString(),
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
        builder.AddFacadeForwarding();
        var app = builder.Build();
        app.MapGet("/health/live", () => "control");
        app.MapFacade(pipeline);
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
            return new FacadeHost(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var hurry = new CancellationTokenSource();
        await hurry.CancelAsync();
        await _app.StopAsync(hurry.Token);
        await _app.DisposeAsync();
    }
}
