
namespace Strangler.Proxy.Forwarding;

/// <summary>
/// Puts the storefront's pipeline in front of everything else of the application, as a branch of its own that ends in YARP's
/// catch-all. So no endpoint and no middleware of the control listener can ever answer a storefront request.
/// </summary>
internal sealed class FacadePipeline : IStartupFilter
{
    /// <summary>What the slices add inside YARP's pipeline; set by <c>MapFacade</c> before the application starts.</summary>
    public Action<IReverseProxyApplicationBuilder>? Slices { get; set; }

    /// <summary>What may answer before anything is routed; set likewise.</summary>
    public Action<IApplicationBuilder>? Front { get; set; }

    public bool IsMapped { get; set; }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        if (IsMapped)
        {
            var storefront = app.New();
            Build(storefront);
            var pipeline = storefront.Build();
            app.Use(rest => context => context.Features.Get<StorefrontConnection>() is null ? rest(context) : pipeline(context));
        }

        next(app);
    };

    private void Build(IApplicationBuilder storefront)
    {
        storefront.UseMiddleware<StorefrontGate>();
        Front?.Invoke(storefront);
        storefront.UseRouting();
        storefront.UseEndpoints(Endpoints);
    }

    private void Endpoints(IEndpointRouteBuilder endpoints) => endpoints.MapReverseProxy(proxy =>
    {
        Slices?.Invoke(proxy);
        proxy.UseLoadBalancing();
    });
}
