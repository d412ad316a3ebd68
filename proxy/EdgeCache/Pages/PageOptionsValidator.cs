using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using Strangler.Proxy.Flags;

namespace Strangler.Proxy.EdgeCache.Pages;

/// <summary>Checks the whole section and reports every fault at once, each with the name of its setting.</summary>
internal sealed class PageOptionsValidator : IValidateOptions<PageOptions>
{
    public ValidateOptionsResult Validate(string? name, PageOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        var faults = results.Select(result => $"{PageOptions.SectionName}:{string.Join(',', result.MemberNames)}: {result.ErrorMessage}").ToList();
        faults.AddRange(options.PurgeFrom.Where(entry => !IpRange.TryParse(entry, out _))
            .Select(entry => $"{PageOptions.SectionName}:PurgeFrom: '{entry}' is neither an address nor a network such as 10.0.0.0/8."));
        faults.AddRange(options.UserAgents.Where(pattern => !IsRegex(pattern))
            .Select(pattern => $"{PageOptions.SectionName}:UserAgents: '{pattern}' is no regular expression without look-around or back references."));
        faults.AddRange(options.IgnoredParameters.Where(parameter => parameter.TrimEnd('*').Length == 0)
            .Select(parameter => $"{PageOptions.SectionName}:IgnoredParameters: '{parameter}' would take every parameter away."));
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static bool IsRegex(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.NonBacktracking);
            return true;
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            return false;
        }
    }
}
