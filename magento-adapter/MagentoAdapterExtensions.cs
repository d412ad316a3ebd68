using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly.Registry;
using Refit;
using Strangler.MagentoAdapter.Authentication;
using Strangler.MagentoAdapter.Directory;
using Strangler.MagentoAdapter.Modules;
using Strangler.MagentoAdapter.Products;
using Strangler.MagentoAdapter.Resilience;
using Strangler.MagentoAdapter.Stores;

namespace Strangler.MagentoAdapter;

/// <summary>Registers the adapter: one Refit client per noun, all over the same two pipelines.</summary>
public static class MagentoAdapterExtensions
{
    /// <summary>
    /// Adds the clients <see cref="IIntegrationTokensApi"/>, <see cref="IStoresApi"/>, <see cref="IModulesApi"/>,
    /// <see cref="IProductsApi"/>, <see cref="IDirectoryApi"/> and <see cref="IStorefrontApi"/>. Bad options stop the start with all faults at once.
    /// </summary>
    public static IServiceCollection AddMagentoAdapter(this IServiceCollection services, Action<MagentoAdapterOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<MagentoAdapterOptions>().Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MagentoAdapterOptions>, MagentoAdapterOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<MagentoAdapterOptions>, MagentoAdapterOptionsRules>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddTransient<MagentoRequestHandler>();
        services.AddMagentoPipelines();
        services.AddMagentoClient<IIntegrationTokensApi>();
        services.AddMagentoClient<IStoresApi>();
        services.AddMagentoClient<IModulesApi>();
        services.AddMagentoClient<IProductsApi>();
        services.AddMagentoClient<IDirectoryApi>();
        services.AddMagentoClient<IStorefrontApi>();
        return services;
    }

    private static void AddMagentoClient<T>(this IServiceCollection services)
        where T : class
    {
        services.AddRefitGeneratedClient<T>(new RefitSettings(new SystemTextJsonContentSerializer(MagentoJson.Options)))
            .ConfigureHttpClient((provider, client) =>
            {
                var address = provider.GetRequiredService<IOptions<MagentoAdapterOptions>>().Value.BaseAddress!.AbsoluteUri;
                client.BaseAddress = new Uri(address.TrimEnd('/'));
                // The pipelines set the limits; a second one here would cut a retry short without saying so.
                client.Timeout = Timeout.InfiniteTimeSpan;
            })
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler
            {
                // A redirect is Magento telling that the address is wrong: the caller must see it. Cookies would join sessions, which Magento locks.
                AllowAutoRedirect = false,
                UseCookies = false,
                AutomaticDecompression = System.Net.DecompressionMethods.GZip,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            })
            .AddHttpMessageHandler(provider =>
            {
                var pipelines = provider.GetRequiredService<ResiliencePipelineProvider<string>>();
                return new ResilienceHandler(request => pipelines.GetPipeline<HttpResponseMessage>(MagentoPipelines.For(request.Method)));
            })
            .AddHttpMessageHandler<MagentoRequestHandler>();
    }
}
