using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Strangler.Proxy.Decisions;

/// <summary>Where slices, services and stages come from. Part of section <c>Facade</c>, beside the data plane's own settings.</summary>
public sealed class RoutingOptions
{
    /// <summary>Name of each extracted service to its base address; a slice names its service by this name.</summary>
    public Dictionary<string, Uri> Services { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Base address of cdc-sync. Without it the age of the services' data is unknown, and slices with a bound stay with Magento.</summary>
    public Uri? CdcSync { get; set; }

    /// <summary>Folder of the slice declarations.</summary>
    [Required]
    public string SlicesFolder { get; set; } = Path.Combine(AppContext.BaseDirectory, "slices");

    /// <summary>Folder for the copies that a cold start without the control database runs on.</summary>
    [Required]
    public string StateFolder { get; set; } = "state";
}

/// <summary>Reports every fault of <see cref="RoutingOptions"/> at once.</summary>
internal sealed class RoutingOptionsValidator : IValidateOptions<RoutingOptions>
{
    public ValidateOptionsResult Validate(string? name, RoutingOptions options)
    {
        var faults = new List<string>();
        foreach (var (service, address) in options.Services)
        {
            if (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https"))
            {
                faults.Add($"Facade:Services:{service}: '{address}' is not an http or https address.");
            }
        }

        if (options.CdcSync is { } cdc && (!cdc.IsAbsoluteUri || cdc.Scheme is not ("http" or "https")))
        {
            faults.Add($"Facade:CdcSync: '{cdc}' is not an http or https address.");
        }

        if (!File.Exists(Path.Combine(options.SlicesFolder, "slice.schema.json")))
        {
            faults.Add($"Facade:SlicesFolder: '{Path.GetFullPath(options.SlicesFolder)}' has no slice.schema.json; point it at the folder of the slice declarations.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
