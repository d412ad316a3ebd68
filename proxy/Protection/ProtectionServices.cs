using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Strangler.Proxy.Protection;

/// <summary>Registers the limits, and puts those that are set into the storefront's pipeline.</summary>
internal static class ProtectionServices
{
    public static IServiceCollection AddProtection(this IServiceCollection services)
    {
        services.AddOptions<ProtectionOptions>().BindConfiguration(ProtectionOptions.SectionName).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ProtectionOptions>, ProtectionOptionsValidator>();
        services.AddSingleton<Protector>();
        services.AddSingleton<ProtectionStats>();
        services.AddSingleton<MagentoLimit>();
        services.AddSingleton<IPostConfigureOptions<KestrelServerOptions>, SlowClientLimits>();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ProtectionJson.Default));
        return services;
    }

    /// <summary>Before everything else.</summary>
    public static void UseProtection(this IApplicationBuilder storefront)
    {
        if (storefront.ApplicationServices.GetRequiredService<Protector>().IsOn)
        {
            storefront.UseMiddleware<ProtectionMiddleware>();
        }
    }

    /// <summary>After everything that could keep a request from Magento.</summary>
    public static void UseMagentoLimit(this IApplicationBuilder storefront)
    {
        var limit = storefront.ApplicationServices.GetRequiredService<MagentoLimit>();
        if (limit.Places is not null)
        {
            storefront.Use(next => context => limit.InvokeAsync(context, next));
        }
    }

    private sealed class SlowClientLimits(IOptions<ProtectionOptions> options) : IPostConfigureOptions<KestrelServerOptions>
    {
        public void PostConfigure(string? name, KestrelServerOptions kestrel)
        {
            var settings = options.Value;
            kestrel.Limits.MinRequestBodyDataRate = Rate(settings.MinRequestBytesPerSecond, settings.SlowClientGrace);
            kestrel.Limits.MinResponseDataRate = Rate(settings.MinResponseBytesPerSecond, settings.SlowClientGrace);
        }

        private static MinDataRate? Rate(double bytesPerSecond, TimeSpan grace) => bytesPerSecond > 0 ? new MinDataRate(bytesPerSecond, grace) : null;
    }
}
