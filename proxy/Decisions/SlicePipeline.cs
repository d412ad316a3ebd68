using Strangler.Proxy.EdgeCache;
using Strangler.Proxy.EdgeCache.Pages;
using Strangler.Proxy.Evidence.Shop;
using Strangler.Proxy.Fallback;
using Strangler.Proxy.Freshness;
using Strangler.Proxy.Protection;
using Strangler.Proxy.Recording;
using Strangler.Proxy.Shadowing;
using Strangler.Proxy.Telemetry;
using Strangler.Proxy.WriteSwitch;

namespace Strangler.Proxy.Decisions;

/// <summary>The steps of the data plane inside YARP's pipeline, in their order. What a slice does not use costs it a field's reading.</summary>
internal static class SlicePipeline
{
    public static void UseSlices(this IReverseProxyApplicationBuilder pipeline)
    {
        // All requests of the storefront.
        pipeline.UsePurges();
        pipeline.UseProtection();
        pipeline.UseRecording();
        pipeline.UseMiddleware<WriteMarkMiddleware>();
        pipeline.UseMiddleware<ShopEventMiddleware>();
        pipeline.Use(next =>
        {
            var pages = pipeline.New();
            pages.UsePages();
            pages.Run(next);
            var upstream = pages.Build();
            var slices = pipeline.New();
            AddSteps(slices);
            slices.Run(upstream);
            var services = pipeline.ApplicationServices;
            var match = new SliceMatchMiddleware(
                upstream, slices.Build(), services.GetRequiredService<RoutingStore>(), services.GetRequiredService<SliceStats>(),
                services.GetRequiredService<TimeProvider>());
            return match.InvokeAsync;
        });
        pipeline.UseMagentoLimit();
    }

    // Only requests of a slice.
    private static void AddSteps(IApplicationBuilder slices)
    {
        slices.UseMiddleware<SliceProtectionMiddleware>();
        slices.UseMiddleware<WriteGateMiddleware>();
        slices.UseMiddleware<RouteDecisionMiddleware>();
        slices.UseMiddleware<EdgeCacheMiddleware>();
        slices.UseMiddleware<ShadowMiddleware>();
        slices.UseMiddleware<AnswerMiddleware>();
    }
}
