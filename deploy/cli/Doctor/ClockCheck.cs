using System.Globalization;

namespace Strangler.Cli.Doctor;

/// <summary>Do the clocks of store, database and this machine agree? Lag, tokens and special prices go by them.</summary>
internal static class ClockCheck
{
    // The Date header has whole seconds, so less than this cannot be told apart.
    private static readonly TimeSpan Warn = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Fail = TimeSpan.FromSeconds(60);

    /// <summary>Null when there is only this machine's clock.</summary>
    public static Check? Run(TimeSpan? store, TimeSpan? database)
    {
        const string Name = "clocks";
        var clocks = new List<(string Name, TimeSpan Difference)>();
        if (store is { } storeDifference)
        {
            clocks.Add(("store", storeDifference));
        }

        if (database is { } databaseDifference)
        {
            clocks.Add(("database", databaseDifference));
        }

        if (clocks.Count == 0)
        {
            return null;
        }

        var text = string.Join(", ", clocks.Select(clock => $"{clock.Name} {clock.Difference.TotalSeconds.ToString("+0.0;-0.0;0.0", CultureInfo.InvariantCulture)} s"));
        var all = clocks.Select(clock => clock.Difference).Append(TimeSpan.Zero).ToList();
        var spread = all.Max() - all.Min();
        return spread < Warn
            ? Check.Pass(Name, $"they agree with this machine's: {text}")
            : new Check(Name, spread < Fail ? Outcome.Warn : Outcome.Fail, $"they differ from this machine's: {text}", "timedatectl set-ntp true (on each machine)");
    }
}
