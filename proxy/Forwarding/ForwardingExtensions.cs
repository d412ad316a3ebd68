using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Forwarding.Upstream;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Strangler.Proxy.Forwarding;

/// <summary>The facade as one call before <c>Build</c> and one after.</summary>
public static class ForwardingExtensions
{
    /// <summary>
    /// Adds listeners, limits, YARP and the exact forwarder, with the bare catch-all as routing table. Who has slices replaces the
    /// registered <see cref="IProxyConfigProvider"/> (there must be one only: YARP adds up what several say).
    /// </summary>
    public static WebApplicationBuilder AddFacadeForwarding(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<FacadeOptions>().BindConfiguration(FacadeOptions.SectionName).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<FacadeOptions>, FacadeOptionsValidator>();
        builder.Services.AddSingleton<IConfigureOptions<KestrelServerOptions>, ConfigureKestrel>();
        builder.Services.AddSingleton<IConfigureOptions<SocketTransportOptions>, ConfigureSockets>();
        builder.Services.AddSingleton<RequestGuard>();
        builder.Services.AddSingleton<ForwardedFields>();
        builder.Services.AddSingleton<UpstreamHandler>();
        builder.Services.AddSingleton<ExactTransformer>();
        // Before YARP's own, which are only added where there are none.
        builder.Services.AddSingleton<IForwarderHttpClientFactory, UpstreamClientFactory>();
        builder.Services.AddSingleton<ITransformBuilder, ExactTransformBuilder>();
        builder.Services.AddReverseProxy();
        // YARP brings it for session affinity, which nothing here uses: no key ring is written to anybody's home folder.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddSingleton<IProxyConfigProvider, CatchAllConfigProvider>();
        builder.Services.AddSingleton<FacadePipeline>();
        // First, so that it lies outside whatever else the application puts before its own pipeline.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IStartupFilter>(services => services.GetRequiredService<FacadePipeline>()));
        return builder;
    }

    /// <summary>
    /// Puts the facade on the storefront listener; <paramref name="pipeline"/> adds what decides between Magento and the services, <paramref name="front"/> what may
    /// answer before that.
    /// </summary>
    public static WebApplication MapFacade(
        this WebApplication app, Action<IReverseProxyApplicationBuilder>? pipeline = null, Action<IApplicationBuilder>? front = null)
    {
        ArgumentNullException.ThrowIfNull(app);
        var facade = app.Services.GetRequiredService<FacadePipeline>();
        facade.Slices = pipeline;
        facade.Front = front;
        facade.IsMapped = true;
        return app;
    }
}
