using System.Globalization;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Decisions;
using Strangler.Proxy.Flags;
using Strangler.Proxy.Stages;

namespace Strangler.Proxy.WriteSwitch;

/// <summary>One thing that was looked at before a switch.</summary>
internal sealed record SwitchCheck(string Text, bool Ok);

/// <summary>A further condition of a switch; other features register theirs.</summary>
internal interface ISwitchCondition
{
    /// <summary>What was found. An empty list: nothing to say.</summary>
    Task<IReadOnlyList<SwitchCheck>> CheckAsync(SwitchView view, SliceRoute route, CancellationToken cancellationToken);
}

/// <summary>Whether a switch may begin. Looks at everything, so that a person learns of all faults at once; the way back comes first.</summary>
internal sealed class SwitchChecks(
    WayBackClient wayBack, CdcSyncClient cdcSync, ReplicaStore replicas, IEnumerable<ISwitchCondition> conditions, IOptions<WriteSwitchOptions> options)
{
    public async Task<IReadOnlyList<SwitchCheck>> RunAsync(SwitchView view, SliceRoute route, bool killSwitch, CancellationToken cancellationToken)
    {
        var found = new List<SwitchCheck>();
        await CheckWayBackAsync(view, route, found, cancellationToken);
        await CheckDataAsync(route, found, cancellationToken);
        await CheckReplicasAsync(route, found, cancellationToken);
        if (killSwitch)
        {
            found.Add(new SwitchCheck("the kill switch is on: Magento takes all writes whoever owns the data. Turn it off first", false));
        }

        foreach (var condition in conditions)
        {
            found.AddRange(await condition.CheckAsync(view, route, cancellationToken));
        }

        return found;
    }

    private async Task CheckWayBackAsync(SwitchView view, SliceRoute route, List<SwitchCheck> found, CancellationToken cancellationToken)
    {
        try
        {
            var state = await wayBack.StateAsync(route.Slice.Config.Service, route.Slice.Config.Writes!.Tables, cancellationToken);
            var text = state.State == "ready" ? "the way back to Magento is ready" : $"the way back to Magento is not ready: {state.State}{(state.Reason is null ? "" : $", {state.Reason}")}";
            found.Add(new SwitchCheck(view.To == Side.Magento && state.Waiting is { } waiting ? $"{text}; {waiting} changes wait to be carried" : text, state.State == "ready"));
        }
        catch (SwitchStoppedException fault)
        {
            found.Add(new SwitchCheck($"the way back to Magento is not known: {fault.Message}", false));
        }
    }

    private async Task CheckDataAsync(SliceRoute route, List<SwitchCheck> found, CancellationToken cancellationToken)
    {
        var service = route.Slice.Config.Service;
        try
        {
            if (await cdcSync.PositionAsync(service, cancellationToken) is not { } position)
            {
                found.Add(new SwitchCheck($"cdc-sync does not follow Magento for '{service}'", false));
                return;
            }

            found.Add(new SwitchCheck(position.State == "streaming" ? $"changes stream to {service}" : $"changes do not stream to {service}: {position.State}, {position.Reason}", position.State == "streaming"));
            var most = options.Value.MaximumLagMilliseconds;
            found.Add(new SwitchCheck(
                position.Lag?.Milliseconds is { } lag ? string.Create(CultureInfo.InvariantCulture, $"its data are at most {lag:0.#} ms old (allowed {most})") : "the age of its data is not known",
                position.Lag?.Milliseconds <= most));
            foreach (var table in route.Slice.Config.Writes!.Tables)
            {
                var known = position.Tables?.FirstOrDefault(found => found.Name == table);
                if (known is not { State: "streaming" })
                {
                    found.Add(new SwitchCheck(known is null ? $"'{service}' does not mirror {table}" : $"{table} is {known.State}", false));
                }
                else if (known.DeadLetters > 0)
                {
                    found.Add(new SwitchCheck($"{known.DeadLetters} rows of {table} are held back as dead letters: ./strangler dead-letters list", false));
                }
            }
        }
        catch (SwitchStoppedException fault)
        {
            found.Add(new SwitchCheck(fault.Message, false));
        }
    }

    private async Task CheckReplicasAsync(SliceRoute route, List<SwitchCheck> found, CancellationToken cancellationToken)
    {
        var (_, all) = await replicas.ReadAsync(cancellationToken);
        var gone = all.Where(replica => !replica.IsHeard && replica.State != ReplicaState.Fenced).ToList();
        foreach (var replica in gone)
        {
            var silent = string.Create(CultureInfo.InvariantCulture, $"replica {replica.Id} has not been heard for {replica.SilentMilliseconds / 1000:0.0} s");
            found.Add(new SwitchCheck(
                replica.State == ReplicaState.Ending
                    ? string.Create(CultureInfo.InvariantCulture, $"{silent}; it lets nothing through, but what it had under way may take another {replica.EndingMilliseconds / 1000:0.0} s (Replicas:LongestRequestMilliseconds): ask again then")
                    : $"{silent} and may still answer by what it last knew: bring it back, or ./strangler replicas forget it when it is surely gone, and its last request too",
                false));
        }

        if (all.Select(replica => replica.CatalogHash).Distinct().Count() > 1)
        {
            found.Add(new SwitchCheck($"the replicas do not run the same slice declarations ({string.Join(", ", all.Select(replica => $"{replica.Id}: {replica.CatalogHash[..Math.Min(8, replica.CatalogHash.Length)]}"))})", false));
        }

        if (gone.Count == 0)
        {
            found.Add(new SwitchCheck($"{all.Count(replica => replica.IsHeard)} replicas are heard ({route.Slice.Id} is known to all)", true));
        }
    }
}
