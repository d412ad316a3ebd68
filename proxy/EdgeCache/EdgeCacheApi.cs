using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Strangler.Proxy.Control;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.EdgeCache.Changes;
using Strangler.Proxy.EdgeCache.Pages;
using Strangler.Proxy.EdgeCache.Purging;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.EdgeCache;

/// <summary>What the facade's store holds, of one replica.</summary>
/// <param name="Replica">Which one.</param>
/// <param name="Answers">Answers kept.</param>
/// <param name="Bytes">Their memory.</param>
/// <param name="MaximumBytes">What they may take.</param>
/// <param name="Dropped">Thrown away because of a change, since start.</param>
/// <param name="Evicted">Thrown away for room, since start.</param>
/// <param name="Seen">The last event heard of cdc-sync; null when none.</param>
/// <param name="Fault">Why changes are not heard, or null.</param>
/// <param name="Slices">The slices that keep answers.</param>
/// <param name="Pages">Magento's own pages; null while none are kept.</param>
public sealed record CacheView(
    string Replica, int Answers, long Bytes, long MaximumBytes, long Dropped, long Evicted, string? Seen, string? Fault, IReadOnlyList<SliceCacheView> Slices,
    PageCacheView? Pages);

/// <summary>What one slice's store did, on this replica since its start.</summary>
/// <param name="Slice">The slice.</param>
/// <param name="Seconds">How long its answers are kept at most.</param>
/// <param name="Answers">Answers kept.</param>
/// <param name="Bytes">Their memory.</param>
/// <param name="Hits">Answered from the store.</param>
/// <param name="Misses">Answered by a side.</param>
/// <param name="HitRate">Share of hits; null without requests.</param>
/// <param name="Joined">Hits that waited for another's answer.</param>
/// <param name="NotProven">Misses because what was kept could not be proven fresh enough.</param>
/// <param name="Stored">Answers kept so far.</param>
/// <param name="Overtaken">Answers not kept because something changed on their way.</param>
/// <param name="InNeed">Old answers served because neither side could.</param>
/// <param name="ProvenMilliseconds">How long ago kept answers were proven right; null when never.</param>
public sealed record SliceCacheView(
    string Slice, int Seconds, int Answers, long Bytes, long Hits, long Misses, double? HitRate, long Joined, long NotProven, long Stored, long Overtaken, long InNeed,
    double? ProvenMilliseconds);

/// <summary><c>GET /api/cache</c>, <c>POST /api/cache/purge</c>, <c>GET /api/slices/{id}/cache</c>.</summary>
internal static class EdgeCacheApi
{
    public static void MapEdgeCache(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/cache", (CacheViews views) => TypedResults.Ok(views.All())).WithName("Cache");
        routes.MapPost("/cache/purge", PurgeAsync).WithName("PurgeCache");
        routes.MapGet("/slices/{id}/cache", OfSlice).WithName("SliceCache");
    }

    private static async Task<Results<Ok<PurgeResult>, ProblemHttpResult>> PurgeAsync(
        PurgeRequest request, HttpContext context, PurgeFollower purges, RoutingStore routing, ControlState state, StageStore store, StageFollower replica)
    {
        if ((StageRequestRules.ReasonFault(request.Reason) ?? Purge.Fault(request)) is { } fault)
        {
            return ControlProblems.Invalid(fault);
        }

        if (request.Slice is { } slice && slice != CacheKey.Pages && routing.Current.Find(slice) is null)
        {
            return ControlProblems.NoSuchSlice(slice, state);
        }

        var purge = new Purge(request.Slice, request.Tags);
        try
        {
            await store.RecordAsync(
                Purge.Action, request.Slice, null, purge.ToJson(), ControlAuthentication.CallerOf(context), request.Reason!.Trim(), context.RequestAborted);
            return TypedResults.Ok(new PurgeResult(replica.ReplicaId, await purges.LookAsync(context.RequestAborted)));
        }
        catch (MySqlException unreachable)
        {
            return ControlProblems.Unavailable(unreachable);
        }
    }

    private static Results<Ok<SliceCacheView>, NoContent, ProblemHttpResult> OfSlice(string id, CacheViews views, RoutingStore routing, ControlState state) =>
        routing.Current.Find(id) is not { } route ? ControlProblems.NoSuchSlice(id, state)
        : route.Slice.Config.Cache is null ? TypedResults.NoContent()
        : TypedResults.Ok(views.Of(route));
}

/// <summary>Reads what the views show.</summary>
internal sealed class CacheViews(
    AnswerStore answers, ChangeFeed feed, ChangeListener listener, PurgeFollower purges, CacheStats stats, RoutingStore routing, StageFollower replica, IOptions<EdgeCacheOptions> options, PageViews pages,
    TimeProvider time)
{
    public CacheView All() => new(
        replica.ReplicaId, answers.Count, answers.Bytes, options.Value.MaximumBytes, answers.Dropped, answers.Evicted, feed.Seen?.ToString(),
        Fault(), [.. routing.Current.Routes.Where(route => route.Slice.Config.Cache is not null).Select(Of)],
        pages.All());

    private string? Fault() => !routing.Current.HasCachedSlices ? null
        : listener.Fault ?? (purges.IsFollowing ? null : "the control database was not read yet, which tells what is to be thrown away");

    public SliceCacheView Of(SliceRoute route)
    {
        var counts = stats.Of(route.Slice.Id);
        var (count, bytes) = answers.SizeOf(route.Slice.Id);
        var provenAt = feed.Of(route.Slice.Config.Service).ProvenAt;
        var total = counts.Hits + counts.Misses;
        return new SliceCacheView(
            route.Slice.Id, route.Slice.Config.Cache!.Seconds, count, bytes, counts.Hits, counts.Misses, total == 0 ? null : (double)counts.Hits / total, counts.Joined, counts.NotProven,
            counts.Stored, counts.Overtaken, counts.InNeed, provenAt == long.MinValue ? null : time.GetElapsedTime(provenAt).TotalMilliseconds);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CacheView))]
[JsonSerializable(typeof(SliceCacheView))]
[JsonSerializable(typeof(PageCacheView))]
[JsonSerializable(typeof(PurgeRequest))]
[JsonSerializable(typeof(PurgeResult))]
internal sealed partial class EdgeCacheJson : JsonSerializerContext;
