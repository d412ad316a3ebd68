using Microsoft.Extensions.Options;
using Strangler.Proxy.Evidence.Shop;

namespace Strangler.Proxy.Evaluation;

/// <summary>How evidence is gathered and judged, and when nothing goes forward. Section <c>Evaluation</c>.</summary>
public sealed class EvaluationOptions
{
    /// <summary>How often counts are written and slices judged.</summary>
    public int IntervalMilliseconds { get; set; } = 400;

    /// <summary>How long the one who judges may be silent before another replica takes over.</summary>
    public int LeaseMilliseconds { get; set; } = 3000;

    /// <summary>Judgements in a row that must say the same before a slice goes forward.</summary>
    public int PassesToAdvance { get; set; } = 2;

    /// <summary>Judgements in a row that must say the same before a slice goes back.</summary>
    public int FailuresToGoBack { get; set; } = 2;

    /// <summary>Times that a ramp goes back and tries again by itself; once more, and it waits for a person.</summary>
    public int RollbacksBeforePause { get; set; } = 3;

    /// <summary>For how long counts are kept as fine as they were written; then one a minute.</summary>
    public int FineMinutes { get; set; } = 5;

    /// <summary>For how long counts are kept at all.</summary>
    public double KeepHours { get; set; } = 8 * 24;

    /// <summary>When no ramp goes forward. A move back is never held up.</summary>
    public IList<FreezeWindow> Freezes { get; init; } = [];

    /// <summary>Requests that place an order, as <c>METHOD /path/{pattern}</c> or <c>GRAPHQL mutation</c>. Empty: Magento's own.</summary>
    public IList<string> Orders { get; init; } = [];

    /// <summary>Requests that put something into a cart. Empty: Magento's own.</summary>
    public IList<string> CartAdds { get; init; } = [];

    /// <summary>Requests that log somebody in. Empty: Magento's own.</summary>
    public IList<string> Logins { get; init; } = [];

    /// <summary>Signs evidence packs; the same on every replica. Empty: derived from the key that signs overrides.</summary>
    public string? SigningKey { get; set; }
}

/// <summary>Reports every fault of <see cref="EvaluationOptions"/> at once.</summary>
internal sealed class EvaluationOptionsValidator : IValidateOptions<EvaluationOptions>
{
    private const int MinimumKeyLength = 32;

    public ValidateOptionsResult Validate(string? name, EvaluationOptions options)
    {
        var faults = new List<string>();
        Range(nameof(options.IntervalMilliseconds), options.IntervalMilliseconds, 50, 60_000);
        Range(nameof(options.PassesToAdvance), options.PassesToAdvance, 1, 1000);
        Range(nameof(options.FailuresToGoBack), options.FailuresToGoBack, 1, 1000);
        Range(nameof(options.RollbacksBeforePause), options.RollbacksBeforePause, 0, 1000);
        Range(nameof(options.FineMinutes), options.FineMinutes, 3, 24 * 60);
        Range(nameof(options.KeepHours), options.KeepHours, 1, 24 * 366);
        if (options.LeaseMilliseconds < 3 * options.IntervalMilliseconds)
        {
            faults.Add($"Evaluation:LeaseMilliseconds must be at least three times Evaluation:IntervalMilliseconds ({options.IntervalMilliseconds}).");
        }

        if (options.SigningKey is { Length: > 0 and < MinimumKeyLength })
        {
            faults.Add($"Evaluation:SigningKey must have at least {MinimumKeyLength} characters.");
        }

        for (var i = 0; i < options.Freezes.Count; i++)
        {
            faults.AddRange(options.Freezes[i].Faults().Select(fault => $"Evaluation:Freezes:{i}: {fault}."));
        }

        foreach (var (setting, patterns) in new[] { ("Orders", options.Orders), ("CartAdds", options.CartAdds), ("Logins", options.Logins) })
        {
            faults.AddRange(patterns.Select(ShopEventPatterns.Fault).OfType<string>().Select(fault => $"Evaluation:{setting}: {fault}."));
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);

        void Range(string setting, double value, double least, double most)
        {
            if (!(value >= least && value <= most))
            {
                faults.Add($"Evaluation:{setting} must be {least} to {most}.");
            }
        }
    }
}
