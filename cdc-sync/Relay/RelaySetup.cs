using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Strangler.ServiceDefaults;

namespace Strangler.CdcSync.Relay;

/// <summary>Adds the relay to the process, and <c>GET /relay</c>, which says where it stands.</summary>
internal static class RelaySetup
{
    public static void AddRelay(this IServiceCollection services)
    {
        services.AddOptions<RelayOptions>().BindConfiguration(RelayOptions.Section).ValidateOnStart();
        services.AddSingleton<IValidateOptions<RelayOptions>, RelayOptionsValidator>();
        services.AddOptions<CdcOptions>().Validate<IOptions<RelayOptions>>(
            static (cdc, relay) => cdc.Targets.Count > 0 || relay.Value.BootstrapServers.Length > 0,
            "Cdc:Targets is empty and Cdc:Relay:BootstrapServers is not set: there is nothing to do.");
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, RelayJson.Default));
        services.AddSingleton<RelayWorker>();
        services.AddSupervisedService<RelayWorker>();
    }

    public static void MapRelay(this IEndpointRouteBuilder routes) => routes.MapGet("/relay", static (RelayWorker relay) => TypedResults.Ok(relay.State)).WithName("relay");
}

internal sealed class RelayOptionsValidator : IValidateOptions<RelayOptions>
{
    public ValidateOptionsResult Validate(string? name, RelayOptions options)
    {
        if (options.BootstrapServers.Length == 0)
        {
            return ValidateOptionsResult.Success;
        }

        var faults = new List<string>();
        if (!Regex.IsMatch(options.TopicPrefix, "^[A-Za-z0-9._-]{1,100}$"))
        {
            faults.Add($"Cdc:Relay:TopicPrefix is '{options.TopicPrefix}'; it must be 1 to 100 letters, digits, dots, dashes or underscores, as topics are named by it.");
        }

        foreach (var pattern in options.IncludeTables.Concat(options.ExcludeTables))
        {
            try
            {
                _ = new Regex(pattern);
            }
            catch (ArgumentException fault)
            {
                faults.Add($"Cdc:Relay: the pattern '{pattern}' cannot be read: {fault.Message}");
            }
        }

        foreach (var field in options.UnwrapFields.Concat(options.UnwrapHeaders).Where(field => !UnwrappedRow.IsKnown(field)))
        {
            faults.Add($"Cdc:Relay: '{field}' is no field of the envelope that an unwrapped row can carry.");
        }

        if (options is { Unwrap: true, Schemas: true })
        {
            faults.Add("Cdc:Relay:Unwrap and Cdc:Relay:Schemas cannot be had together: unwrapped rows are published without schema.");
        }

        if (options.HeartbeatSeconds is < 0 or > 3600)
        {
            faults.Add("Cdc:Relay:HeartbeatSeconds must lie between 0 (none) and 3600.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RelayState))]
internal sealed partial class RelayJson : JsonSerializerContext;
