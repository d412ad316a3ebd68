using Strangler.Proxy.Control;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.EdgeCache;
using Strangler.Proxy.Forwarding;
using Strangler.ServiceDefaults;

namespace Strangler.Proxy;

/// <summary>Puts the process together; tests start the very same with their own settings.</summary>
internal static class ProxyHost
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults("proxy");
        builder.AddFacadeForwarding();
        builder.AddFacadeControl();
        configure?.Invoke(builder);

        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapFacadeControl();
        app.MapFacade(pipeline => pipeline.UseSlices(), front => front.UseMiddleware<EdgeCacheFront>());
        return app;
    }
}
