using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using MySqlConnector;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Control;

/// <summary>The dashboard's stream of server-sent events: the whole view each second, and at once when the routing changed.</summary>
internal static class LiveEvents
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static ServerSentEventsResult<LiveView> Stream(
        ControlState state, RoutingStore routing, StageStore store, StageFollower follower, TimeProvider time, CancellationToken cancellationToken) =>
        TypedResults.ServerSentEvents(ReadAsync(state, routing, store, follower, time, cancellationToken), eventType: "live");

    private static async IAsyncEnumerable<LiveView> ReadAsync(
        ControlState state, RoutingStore routing, StageStore store, StageFollower follower, TimeProvider time,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var changed = new TaskCompletionSource();
        void Wake(RoutingSnapshot snapshot) => Volatile.Read(ref changed).TrySetResult();
        routing.Changed += Wake;
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                Volatile.Write(ref changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
                yield return new LiveView(state.Status(), state.Slices(), await NewestAuditIdAsync(store, follower, cancellationToken));
                await Task.WhenAny(changed.Task, Task.Delay(Interval, time, cancellationToken));
            }
        }
        finally
        {
            routing.Changed -= Wake;
        }
    }

    private static async Task<long> NewestAuditIdAsync(StageStore store, StageFollower follower, CancellationToken cancellationToken)
    {
        if (follower.Unreachable is not null)
        {
            return 0;
        }

        try
        {
            return await store.ReadAuditAsync(1, null, cancellationToken) is [var newest] ? newest.Id : 0;
        }
        catch (MySqlException)
        {
            return 0;
        }
    }
}
