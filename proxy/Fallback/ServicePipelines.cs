using System.Collections.Concurrent;
using Strangler.Proxy.Slices;

namespace Strangler.Proxy.Fallback;

/// <summary>One <see cref="ServicePipeline"/> per slice and service. It lives across reloads, and with it the circuit's state, as long as its limits stay the same.</summary>
internal sealed class ServicePipelines(TimeProvider time, ILogger<ServicePipelines> logger)
{
    private readonly ConcurrentDictionary<(string Slice, string Service), ServicePipeline> _pipelines = new();

    public ServicePipeline Of(Slice slice)
    {
        var key = (slice.Id, slice.Config.Service);
        if (_pipelines.TryGetValue(key, out var pipeline) && pipeline.Limits == slice.Limits)
        {
            return pipeline;
        }

        var made = new ServicePipeline(slice, time, logger);
        return _pipelines.AddOrUpdate(key, made, (_, old) => old.Limits == slice.Limits ? old : made);
    }
}
