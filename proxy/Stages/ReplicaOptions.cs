using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Slices;

namespace Strangler.Proxy.Stages;

/// <summary>How replicas hear of each other. Section <c>Replicas</c>; the same on all of them.</summary>
public sealed class ReplicaOptions
{
    public const string SectionName = "Replicas";

    /// <summary>How often a replica says where it stands; it also does so at once when it has taken a change.</summary>
    [Range(100, 60_000)]
    public int BeatMilliseconds { get; set; } = 1000;

    /// <summary>A replica that has not heard the control database for this long counts as gone, and knows so itself.</summary>
    [Range(500, 600_000)]
    public int LeaseMilliseconds { get; set; } = 4000;

    /// <summary>How long a change waits for all replicas before it says who has not taken it.</summary>
    [Range(0, 60_000)]
    public int ConfirmMilliseconds { get; set; } = 2000;

    /// <summary>
    /// The longest time that Magento or a service works on an unsafe request of a slice that writes, also when nobody waits for its answer any more. A replica that is gone
    /// may have had such a request under way: a switch goes on without it only when this time is over too.
    /// </summary>
    [Range(0, 3_600_000)]
    public int LongestRequestMilliseconds { get; set; } = 60_000;

    /// <summary>When a replica without its lease stops changing data.</summary>
    public Fencing Fencing { get; set; } = Fencing.Switching;
}

/// <summary>When a replica that has lost its lease refuses the unsafe requests of slices that write.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<Fencing>))]
public enum Fencing
{
    /// <summary>From the moment it has confirmed that a switch of writes is coming: losing the control database on any other day is not felt.</summary>
    Switching,

    /// <summary>
    /// Always: a replica that died needs nobody's word before the next switch, and losing the control database stops those requests. What it had under way then it
    /// breaks off after <see cref="ReplicaOptions.LongestRequestMilliseconds"/>.
    /// </summary>
    Always,
}

/// <summary>Reports every fault of <see cref="ReplicaOptions"/> at once.</summary>
internal sealed class ReplicaOptionsValidator : IValidateOptions<ReplicaOptions>
{
    public ValidateOptionsResult Validate(string? name, ReplicaOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        var faults = results.Select(result => $"{ReplicaOptions.SectionName}:{string.Join(',', result.MemberNames)}: {result.ErrorMessage}").ToList();
        if (options.LeaseMilliseconds < 2 * options.BeatMilliseconds)
        {
            faults.Add($"{ReplicaOptions.SectionName}:LeaseMilliseconds must be at least twice BeatMilliseconds, or one late beat is a lost lease.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
