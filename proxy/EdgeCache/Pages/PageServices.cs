using Microsoft.Extensions.Options;
using Strangler.Proxy.EdgeCache.Pages.Purging;
using Strangler.ServiceDefaults;

namespace Strangler.Proxy.EdgeCache.Pages;

/// <summary>Registers the store of Magento's pages, and puts it into the pipeline where it is wanted: off, requests do not even pass a step of it.</summary>
internal static class PageServices
{
    public static IServiceCollection AddPages(this IServiceCollection services)
    {
        services.AddOptions<PageOptions>().BindConfiguration(PageOptions.SectionName).ValidateOnStart();
        return services
            .AddSingleton<IValidateOptions<PageOptions>, PageOptionsValidator>()
            .AddSingleton<PageTarget>()
            .AddSingleton<PageKeys>()
            .AddSingleton<PageStore>()
            .AddSingleton<PageFlights>()
            .AddSingleton<PageFetcher>()
            .AddSingleton<PageAssembler>()
            .AddSingleton<PageWriter>()
            .AddSingleton<PageViews>()
            .AddSingleton<PagePurges>()
            .AddSupervisedService<PagePurges>();
    }

    /// <summary>Before everything else: an order of Magento's is no shopper's request.</summary>
    public static void UsePurges(this IApplicationBuilder storefront)
    {
        if (IsOn(storefront))
        {
            storefront.UseMiddleware<PurgeMiddleware>();
        }
    }

    /// <summary>Right before Magento.</summary>
    public static void UsePages(this IApplicationBuilder pages)
    {
        if (IsOn(pages))
        {
            pages.UseMiddleware<PageMiddleware>();
        }
    }

    private static bool IsOn(IApplicationBuilder builder) => builder.ApplicationServices.GetRequiredService<IOptions<PageOptions>>().Value.Enabled;
}
