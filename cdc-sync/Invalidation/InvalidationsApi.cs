using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Strangler.CdcSync.Invalidation;

/// <summary>
/// <c>GET /invalidations</c>: what changed, as server-sent events. A listener that comes back says the last id it saw and misses nothing; when
/// that cannot be, it is told that everything changed, and again when the read model has seen all that was applied by then.
/// </summary>
internal static class InvalidationsApi
{
    private const string Ready = "ready";
    private const string Heartbeat = "heartbeat";
    private const string Invalidation = "invalidation";

    public static void MapInvalidations(this IEndpointRouteBuilder routes) => routes.MapGet("/invalidations", Get).WithName("invalidations");

    private static Results<ServerSentEventsResult<string>, ProblemHttpResult> Get(
        HttpContext http, CdcEngine engine, IOptions<CdcOptions> options, TimeProvider time, IHostApplicationLifetime lifetime, string? service, string? stage, string? lastEventId)
    {
        if (service is not null && engine.Find(service) is null)
        {
            return TypedResults.Problem($"No target serves a service named '{service}'.", statusCode: StatusCodes.Status404NotFound);
        }

        InvalidationStage? wanted = null;
        if (stage is not null)
        {
            if (!Enum.TryParse<InvalidationStage>(stage, ignoreCase: true, out var parsed) || int.TryParse(stage, out _))
            {
                return TypedResults.Problem($"stage is '{stage}'; it must be 'applied' or 'projected'.", statusCode: StatusCodes.Status400BadRequest);
            }

            wanted = parsed;
        }

        // The field is what a browser's EventSource sends when it comes back; the parameter is for who cannot set one.
        var last = http.Request.Headers["Last-Event-ID"].FirstOrDefault() ?? lastEventId;
        var services = engine.Targets.Select(target => target.Context.Invalidations).Where(known => service is null || known.Service == service).ToList();
        var pace = TimeSpan.FromSeconds(options.Value.Invalidation.HeartbeatSeconds);
        var listener = new Listener(engine.Invalidations, services, wanted, pace, time);
        // Listeners never leave by themselves: a stopping process would wait for them.
        return TypedResults.ServerSentEvents(listener.ListenAsync(last, lifetime.ApplicationStopping, http.RequestAborted));
    }

    private sealed class Listener(InvalidationStream stream, List<ServiceInvalidations> services, InvalidationStage? stage, TimeSpan pace, TimeProvider time)
    {
        /// <summary>After a gap: services whose read model has not seen everything yet that was applied then.</summary>
        private readonly List<(ServiceInvalidations Service, long Sequence)> _unprojected = [];

        public async IAsyncEnumerable<SseItem<string>> ListenAsync(string? lastEventId, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
            var number = stream.Last;
            if (lastEventId is not { Length: > 0 })
            {
                yield return new SseItem<string>("{}", Ready) { EventId = stream.Id(number) };
            }
            else if (stream.TryResume(lastEventId, out var resumed))
            {
                number = resumed;
            }
            else
            {
                foreach (var item in Gap(number))
                {
                    yield return item;
                }
            }

            while (!either.IsCancellationRequested)
            {
                var changed = stream.Changed;
                if (stream.After(number) is not { } events)
                {
                    // So slow that the ring has overtaken it.
                    number = stream.Last;
                    foreach (var item in Gap(number))
                    {
                        yield return item;
                    }

                    continue;
                }

                foreach (var (at, change) in events)
                {
                    number = at;
                    if (IsWanted(change))
                    {
                        yield return Item(change, at);
                    }
                }

                foreach (var item in Projected(number))
                {
                    yield return item;
                }

                if (await QuietAsync(changed, either.Token))
                {
                    yield return new SseItem<string>("{}", Heartbeat) { EventId = stream.Id(number) };
                }
            }
        }

        private List<SseItem<string>> Gap(long number)
        {
            _unprojected.Clear();
            _unprojected.AddRange(services.Select(service => (service, service.Sequence)));
            return [.. services.Select(service => InvalidationEvent.All(service.Service, service.Sequence, service.Position, InvalidationStage.Applied))
                .Where(IsWanted).Select(change => Item(change, number))];
        }

        private List<SseItem<string>> Projected(long number)
        {
            var reached = _unprojected.Where(waiting => waiting.Service.IsProjected(waiting.Sequence)).ToList();
            reached.ForEach(waiting => _unprojected.Remove(waiting));
            return [.. reached.Select(waiting => InvalidationEvent.All(waiting.Service.Service, waiting.Sequence, waiting.Service.Position, InvalidationStage.Projected))
                .Where(IsWanted).Select(change => Item(change, number))];
        }

        /// <summary>Waits for the next event; true when none came for so long that a sign of life is due.</summary>
        private async Task<bool> QuietAsync(Task changed, CancellationToken cancellationToken)
        {
            try
            {
                // Whether a read model has caught up after a gap is not an event of the ring.
                await changed.WaitAsync(_unprojected.Count > 0 ? TimeSpan.FromMilliseconds(Math.Min(50, pace.TotalMilliseconds)) : pace, time, cancellationToken);
                return false;
            }
            catch (TimeoutException)
            {
                return _unprojected.Count == 0;
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }

        private bool IsWanted(InvalidationEvent change) =>
            (stage is null || change.Stage == stage) && services.Exists(service => service.Service == change.Service);

        private SseItem<string> Item(InvalidationEvent change, long number) =>
            new(JsonSerializer.Serialize(change, InvalidationJson.Default.InvalidationEvent), Invalidation) { EventId = stream.Id(number) };
    }
}
