using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Slices;

namespace Strangler.Proxy.Protection;

/// <summary>Checks the whole section and reports every fault at once, each with the name of its setting.</summary>
internal sealed class ProtectionOptionsValidator : IValidateOptions<ProtectionOptions>
{
    public ValidateOptionsResult Validate(string? name, ProtectionOptions options)
    {
        var faults = new List<string>();
        CheckAttributes(ProtectionOptions.SectionName, options, faults);
        if (options is { Burst: not null, RequestsPerMinute: null })
        {
            faults.Add("Protection:Burst says nothing without Protection:RequestsPerMinute.");
        }

        foreach (var entry in options.Exempt.Where(entry => !IPAddress.TryParse(entry, out _) && !IPNetwork.TryParse(entry, out _)))
        {
            faults.Add($"Protection:Exempt: '{entry}' is neither an address nor a network such as 10.0.0.0/8.");
        }

        for (var i = 0; i < options.Routes.Count; i++)
        {
            CheckRoute($"Protection:Routes:{i}", options.Routes[i], faults);
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static void CheckRoute(string section, RouteLimit route, List<string> faults)
    {
        CheckAttributes(section, route, faults);
        foreach (var match in route.Matches)
        {
            if (match.Split(' ') is not [{ Length: > 0 }, var path])
            {
                faults.Add($"{section}:Matches: '{match}' must be 'METHOD /path'.");
                continue;
            }

            _ = PathPattern.TryParse(path, out var fault);
            if (fault is not null)
            {
                faults.Add($"{section}:Matches: {fault}");
            }
        }
    }

    private static void CheckAttributes(string section, object options, List<string> faults)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        faults.AddRange(results.Select(result => $"{section}:{string.Join(',', result.MemberNames)}: {result.ErrorMessage}"));
    }
}
