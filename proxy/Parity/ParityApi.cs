using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using MySqlConnector;
using Strangler.Proxy.Control;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.Parity;

/// <summary>What was compared of a slice, over all replicas.</summary>
/// <param name="Slice">The slice.</param>
/// <param name="Since">The first comparison, or the last reset; null before either.</param>
/// <param name="Compared">Pairs of answers.</param>
/// <param name="Different">Of these, those that differed beyond noise and ignore rules.</param>
/// <param name="Noisy">Of these, those that differed in noise only.</param>
/// <param name="Raced">Differences that were gone when both sides were asked at one known position.</param>
/// <param name="Dropped">Copies that were not made: no room.</param>
/// <param name="Uncomparable">Copies without a whole answer of both sides.</param>
/// <param name="NoiseCompared">Pairs of Magento's own answers.</param>
/// <param name="Rate">Share of the pairs that were the same, noise left out; null without pairs.</param>
/// <param name="Groups">Differences by path and kind, the most frequent first.</param>
public sealed record ParityView(
    string Slice, DateTimeOffset? Since, long Compared, long Different, long Noisy, long Raced, long Dropped, long Uncomparable, long NoiseCompared, double? Rate,
    IReadOnlyList<ParityGroupView> Groups);

/// <param name="Path">Where; <c>[*]</c> stands for every place of a list.</param>
/// <param name="Kind"><c>value</c>, <c>type</c>, <c>missing</c>, <c>extra</c>, <c>order</c>, <c>length</c> or <c>unreadable</c>.</param>
/// <param name="Count">Pairs in which it was seen.</param>
/// <param name="NoiseCount">Pairs of Magento's own answers in which it was seen.</param>
/// <param name="IsNoise">Not counted as a difference.</param>
/// <param name="FirstSeen">When first.</param>
/// <param name="LastSeen">When last.</param>
/// <param name="Samples">A few requests, masked.</param>
public sealed record ParityGroupView(
    string Path, string Kind, long Count, long NoiseCount, bool IsNoise, DateTimeOffset FirstSeen, DateTimeOffset LastSeen, IReadOnlyList<ParitySampleView> Samples);

/// <param name="Request">Method and target.</param>
/// <param name="Magento">Magento's value; null where it has none.</param>
/// <param name="Service">The service's.</param>
/// <param name="At">When.</param>
public sealed record ParitySampleView(string Request, string? Magento, string? Service, DateTimeOffset At);

/// <summary>Body of a reset.</summary>
public sealed record ParityResetRequest(string? Reason);

/// <summary><c>/api/slices/{id}/parity</c>.</summary>
internal static class ParityApi
{
    private const int MaximumGroups = 500;

    public static void MapParity(this IEndpointRouteBuilder api)
    {
        api.MapGet("/slices/{id}/parity", ReadAsync).WithName("ReadParity");
        api.MapPost("/slices/{id}/parity/reset", ResetAsync).WithName("ResetParity");
    }

    private static async Task<Results<Ok<ParityView>, ProblemHttpResult>> ReadAsync(
        string id, ControlState state, ParityKeeper parity, CancellationToken cancellationToken, int groups = 50)
    {
        if (state.Find(id) is null)
        {
            return ControlProblems.NoSuchSlice(id, state);
        }

        if (groups is < 0 or > MaximumGroups)
        {
            return ControlProblems.Invalid($"'groups' must be 0 to {MaximumGroups}");
        }

        try
        {
            return TypedResults.Ok(View(id, await parity.ReadTotalsAsync(id, groups, cancellationToken)));
        }
        catch (MySqlException fault)
        {
            return ControlProblems.Unavailable(fault);
        }
    }

    private static async Task<Results<Ok<ParityView>, ProblemHttpResult>> ResetAsync(
        string id, ParityResetRequest request, HttpContext context, ControlState state, ParityKeeper parity, StageStore store)
    {
        if (state.Find(id) is null)
        {
            return ControlProblems.NoSuchSlice(id, state);
        }

        if (StageRequestRules.ReasonFault(request.Reason) is { } fault)
        {
            return ControlProblems.Invalid(fault);
        }

        try
        {
            await store.RecordAsync("parity-reset", id, null, null, ControlAuthentication.CallerOf(context), request.Reason!.Trim(), context.RequestAborted);
            await parity.ResetAsync(id, context.RequestAborted);
            return TypedResults.Ok(View(id, null));
        }
        catch (MySqlException unreachable)
        {
            return ControlProblems.Unavailable(unreachable);
        }
    }

    internal static ParityView View(string slice, ParityTotals? totals)
    {
        if (totals is not { Counts: var counts })
        {
            return new ParityView(slice, null, 0, 0, 0, 0, 0, 0, 0, null, []);
        }

        return new ParityView(
            slice, totals.Since, counts.Compared, counts.Different, counts.Noisy, counts.Raced, counts.Dropped, counts.Uncomparable, counts.NoiseCompared,
            counts.Compared == 0 ? null : 1 - (counts.Different / (double)counts.Compared),
            [.. counts.Groups.Select(group => new ParityGroupView(
                group.Key.Path, group.Key.Kind, group.Value.Count, group.Value.NoiseCount, ParityKeeper.IsNoise(counts, group.Value), group.Value.FirstSeen, group.Value.LastSeen,
                [.. group.Value.Samples.Select(sample => new ParitySampleView(sample.Target, sample.Magento, sample.Service, sample.At))]))]);
    }
}

/// <summary>Serialization of parity.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(ParityView))]
[JsonSerializable(typeof(ParityResetRequest))]
internal sealed partial class ParityJson : JsonSerializerContext;
