using Microsoft.Extensions.Options;

namespace Strangler.Proxy.Control;

/// <summary>Who may use the control listener, and the secrets that routing needs. Section <c>Control</c>.</summary>
public sealed class ControlOptions
{
    /// <summary>Everybody may. For a demo on one machine only.</summary>
    public bool Open { get; set; }

    /// <summary>Keys as <c>name:key</c>; the name goes into the audit log, the key has at least 16 characters.</summary>
    public IList<string> ApiKeys { get; init; } = [];

    /// <summary>Signs override tokens; the same on every replica. When empty, one is made and kept in the state folder.</summary>
    public string? OverrideKey { get; set; }

    /// <summary>Magento's <c>crypt/key</c>; only needed for canaries by customer group.</summary>
    public string? CryptKey { get; set; }

    /// <summary>Display currencies beside the default one; only needed for canaries by customer group.</summary>
    public IList<string> Currencies { get; init; } = [];
}

/// <summary>Reports every fault of <see cref="ControlOptions"/> at once.</summary>
internal sealed class ControlOptionsValidator : IValidateOptions<ControlOptions>
{
    private const int MinimumKeyLength = 16;
    private const int MinimumOverrideKeyLength = 32;

    public ValidateOptionsResult Validate(string? name, ControlOptions options)
    {
        var faults = new List<string>();
        if (!options.Open && options.ApiKeys.Count == 0)
        {
            faults.Add("Control:ApiKeys is empty: set Control__ApiKeys__0=name:key (a key of at least 16 characters), or Control__Open=true for a demo.");
        }

        for (var i = 0; i < options.ApiKeys.Count; i++)
        {
            if (options.ApiKeys[i].Split(':', 2) is not [{ Length: > 0 }, { Length: >= MinimumKeyLength }])
            {
                faults.Add($"Control:ApiKeys:{i} must be name:key with a key of at least {MinimumKeyLength} characters.");
            }
        }

        if (options.OverrideKey is { Length: > 0 and < MinimumOverrideKeyLength })
        {
            faults.Add($"Control:OverrideKey must have at least {MinimumOverrideKeyLength} characters.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
