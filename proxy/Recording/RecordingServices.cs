using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Strangler.ServiceDefaults;

namespace Strangler.Proxy.Recording;

/// <summary>Registers the recording of requests, and puts it into the pipeline where it is wanted.</summary>
internal static class RecordingServices
{
    public static IServiceCollection AddRecording(this IServiceCollection services)
    {
        services.AddOptions<RecordingOptions>().BindConfiguration("Recording").ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<RequestRecorder>();
        services.AddSupervisedService<RequestRecorder>();
        return services;
    }

    /// <summary>A step of all requests; none at all while nothing is recorded.</summary>
    public static void UseRecording(this IApplicationBuilder pipeline)
    {
        if (string.IsNullOrEmpty(pipeline.ApplicationServices.GetRequiredService<IOptions<RecordingOptions>>().Value.File))
        {
            return;
        }

        var recorder = pipeline.ApplicationServices.GetRequiredService<RequestRecorder>();
        pipeline.Use(next => context =>
        {
            recorder.Note(context, context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
            return next(context);
        });
    }
}
