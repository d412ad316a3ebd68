using System.IO.Compression;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.Options;
using Strangler.Catalog.Access;
using Strangler.Catalog.Database;
using Strangler.Catalog.Products;
using Strangler.Catalog.Projection;
using Strangler.Catalog.Telemetry;
using Strangler.ServiceDefaults;

namespace Strangler.Catalog;

/// <summary>Puts the service together.</summary>
internal static class CatalogService
{
    /// <summary>Adds everything the service is made of.</summary>
    public static void AddCatalog(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddOptions<CatalogOptions>().BindConfiguration(CatalogOptions.Section).ValidateOnStart();
        services.AddOptions<MagentoOptions>().BindConfiguration(MagentoOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<CatalogOptions>, CatalogOptionsValidator>();
        services.AddSingleton<IValidateOptions<MagentoOptions>, MagentoOptionsValidator>();
        var connection = builder.Configuration.GetConnectionString("Catalog");
        if (string.IsNullOrWhiteSpace(connection))
        {
            throw new InvalidOperationException("The setting ConnectionStrings:Catalog is missing: the service's own database.");
        }

        services.AddResponseCompression(compression =>
        {
            // What the web server in front of Magento does; the level matters less than the size of what crosses the wire.
            compression.EnableForHttps = true;
            compression.Providers.Add<GzipCompressionProvider>();
            compression.MimeTypes = ["application/json", "application/xml"];
        });
        services.Configure<GzipCompressionProviderOptions>(gzip => gzip.Level = CompressionLevel.Fastest);
        services.AddSingleton(provider => new CatalogDatabase(connection, provider.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton<SchemaMigrator>();
        services.AddSingleton<CatalogMetrics>();
        services.AddSingleton<AccessReader>();
        services.AddSingleton<DocumentBuilder>();
        services.AddSingleton<Projector>();
        services.AddSingleton<ProjectionLoop>();
        services.AddSupervisedService<ProjectionLoop>();
        services.AddSingleton<ReadModelVerifier>();
        services.AddSingleton<ProductEndpoint>();
        services.AddHealthChecks().AddCheck<ReadinessCheck>("read model", tags: [ServiceDefaultsExtensions.ReadyTag]);
    }

    /// <summary>Maps the slice's endpoint and the internal ones, which the facade never forwards to.</summary>
    public static void MapCatalog(this WebApplication app)
    {
        app.UseResponseCompression();
        app.MapServiceDefaults();
        app.MapPost("/internal/changes", (ProjectionLoop loop) =>
        {
            loop.Hint();
            return Results.Accepted();
        });
        app.MapPost("/internal/rebuild", (ProjectionLoop loop) =>
        {
            loop.RequestRebuild();
            return Results.Accepted();
        });
        app.MapPost("/internal/verify", async (ReadModelVerifier verifier, int? after, bool? repair, CancellationToken cancellationToken) =>
            await verifier.CompareAsync(after ?? 0, repair ?? false, cancellationToken) is { } comparison
                ? Results.Ok(comparison)
                : Results.Problem("The read model is not there yet, or is being built anew: ask again.", statusCode: StatusCodes.Status503ServiceUnavailable));

        // Every other path: the request's raw target is read by Magento's rules, not by ours.
        app.MapFallback("{**path}", (HttpContext context, ProductEndpoint endpoint) => endpoint.HandleAsync(context));
    }
}
