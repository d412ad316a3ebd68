using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Options;

namespace Strangler.Proxy.Forwarding;

/// <summary>Checks the whole section and reports every fault at once, each with the name of its setting.</summary>
internal sealed class FacadeOptionsValidator : IValidateOptions<FacadeOptions>
{
    public ValidateOptionsResult Validate(string? name, FacadeOptions options)
    {
        var faults = new List<string>();
        CheckAttributes("Facade", options, faults);
        CheckAttributes("Facade:Upstream", options.Upstream, faults);
        CheckAttributes("Facade:Limits", options.Limits, faults);
        CheckUrls("Facade:StorefrontUrls", options.StorefrontUrls, faults);
        CheckUrls("Facade:ControlUrls", options.ControlUrls, faults);
        CheckMagento(options.Magento, faults);
        foreach (var proxy in options.ForwardedHeaders.TrustedProxies)
        {
            if (!IPAddress.TryParse(proxy, out _) && !IPNetwork.TryParse(proxy, out _))
            {
                faults.Add($"Facade:ForwardedHeaders:TrustedProxies: '{proxy}' is neither an address nor a network such as 10.0.0.0/8.");
            }
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static void CheckAttributes(string section, object options, List<string> faults)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        faults.AddRange(results.Select(result => $"{section}:{string.Join(',', result.MemberNames)}: {result.ErrorMessage}"));
    }

    private static void CheckUrls(string setting, string? urls, List<string> faults)
    {
        if (string.IsNullOrWhiteSpace(urls))
        {
            return;
        }

        foreach (var url in ListenerAddress.Split(urls))
        {
            if (!ListenerAddress.TryParse(url, out _))
            {
                faults.Add($"{setting}: '{url}' is not an address to listen on such as http://*:8080 or https://127.0.0.1:8443.");
            }
        }
    }

    private static void CheckMagento(Uri? magento, List<string> faults)
    {
        if (magento is null)
        {
            return;
        }

        if (!magento.IsAbsoluteUri || magento.Scheme is not ("http" or "https"))
        {
            faults.Add($"Facade:Magento: '{magento}' is not an http or https address.");
        }
        else if (magento.PathAndQuery != "/" || magento.UserInfo.Length > 0 || magento.Fragment.Length > 0)
        {
            faults.Add($"Facade:Magento: '{magento}' must be scheme and authority only; the path is always the client's.");
        }
    }
}
