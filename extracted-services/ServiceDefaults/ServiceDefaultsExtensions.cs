using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace Strangler.ServiceDefaults;

/// <summary>
/// What every process of ours has: Serilog, health, metrics, traces, problem details, a clock. One call before
/// <c>Build</c>, one after. Each process names its own meters and activity sources <c>Strangler.*</c>.
/// </summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Health checks with this tag decide readiness; all others only show.</summary>
    public const string ReadyTag = "ready";

    /// <summary>Adds the defaults under a process name such as <c>catalog</c>, which logs, traces and metrics carry.</summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder, string processName) where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSerilog((services, logger) => Configure(logger, builder, processName));
        builder.Services.AddProblemDetails();
        builder.Services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy());
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(processName, serviceVersion: Version))
            .WithMetrics(metrics => metrics
                .AddMeter("Strangler.*")
                .AddRuntimeInstrumentation()
                .AddPrometheusExporter())
            .WithTracing(tracing => AddTracing(tracing, builder));
        return builder;
    }

    /// <summary>Maps <c>/health/live</c>, <c>/health/ready</c> and <c>/metrics</c> on every listener of the process.</summary>
    public static WebApplication MapServiceDefaults(this WebApplication app)
    {
        MapServiceDefaults((IEndpointRouteBuilder)app);
        return app;
    }

    /// <summary>The same on one route group, for a process that must not answer them on its public listener.</summary>
    public static void MapServiceDefaults(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = check => check.Name == "self" });
        routes.MapHealthChecks("/health/ready", new HealthCheckOptions
        {
            Predicate = check => check.Tags.Contains(ReadyTag),
            ResponseWriter = HealthResponse.WriteAsync,
        });
        routes.MapPrometheusScrapingEndpoint("/metrics");
    }

    private static string Version { get; } =
        Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    private static void Configure(LoggerConfiguration logger, IHostApplicationBuilder builder, string processName)
    {
        logger.MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
            // As soon as this one may log anything, an activity and a scope are made for each request. Faults are logged by the server itself.
            .MinimumLevel.Override("Microsoft.AspNetCore.Hosting.Diagnostics", LevelAlias.Off)
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)
            .MinimumLevel.Override("System.Net.Http.HttpClient", LogEventLevel.Warning)
            .MinimumLevel.Override("Yarp", LogEventLevel.Warning)
            // Not ready yet is an answer of /health/ready, not an error at each poll.
            .MinimumLevel.Override("Microsoft.Extensions.Diagnostics.HealthChecks", LogEventLevel.Fatal)
            .Enrich.WithProperty("Process", processName)
            .Enrich.FromLogContext()
            .ReadFrom.Configuration(builder.Configuration);
        if (string.Equals(builder.Configuration["Logging:Format"], "json", StringComparison.OrdinalIgnoreCase))
        {
            logger.WriteTo.Console(new RenderedCompactJsonFormatter());
        }
        else
        {
            logger.WriteTo.Console(
                outputTemplate: "{Timestamp:HH:mm:ss.fff} {Level:u3} {SourceContext} {Message:lj}{NewLine}{Exception}",
                formatProvider: System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    private static void AddTracing(TracerProviderBuilder tracing, IHostApplicationBuilder builder)
    {
        // Spans cost on the request path; they are made only where somebody collects them.
        if (string.IsNullOrEmpty(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        tracing.AddSource("Strangler.*").AddSource("Yarp.ReverseProxy")
            .AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddOtlpExporter();
    }
}
