using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Strangler.Demo.Serving;

/// <summary>Settings of the serving store, section <c>Demo</c>.</summary>
internal sealed class DemoOptions
{
    public const string Section = "Demo";

    /// <summary>The address shoppers use: links and redirects point there. Behind a facade this is the facade's.</summary>
    [Required]
    public Uri BaseUrl { get; set; } = new("http://127.0.0.1:8080/");

    /// <summary>The outlet website's address; unset: the same port under <c>outlet.localhost</c>.</summary>
    public Uri? OutletBaseUrl { get; set; }

    /// <summary>Whether answers take as long as a real Magento was measured to take.</summary>
    public bool Delays { get; set; } = true;

    /// <summary>Magento's <c>crypt/key</c>; its last word signs tokens.</summary>
    [Required]
    [MinLength(16)]
    public string CryptKey { get; set; } = "demo-crypt-key-0123456789abcdef0";

    public Uri OutletUrl => OutletBaseUrl ?? new UriBuilder(BaseUrl) { Host = "outlet.localhost" }.Uri;
}

/// <summary>The rules the attributes state.</summary>
[OptionsValidator]
internal sealed partial class DemoOptionsValidator : IValidateOptions<DemoOptions>;

/// <summary>The rules between fields: addresses are absolute and end in a slash.</summary>
internal sealed class DemoAddressValidator : IValidateOptions<DemoOptions>
{
    public ValidateOptionsResult Validate(string? name, DemoOptions options)
    {
        var faults = new List<string>();
        foreach (var (setting, address) in new[] { ("Demo:BaseUrl", options.BaseUrl), ("Demo:OutletBaseUrl", options.OutletBaseUrl) })
        {
            if (address is not null && (!address.IsAbsoluteUri || address.Scheme is not ("http" or "https") || !address.AbsolutePath.EndsWith('/')))
            {
                faults.Add($"{setting} must be an absolute http or https address that ends in '/', not '{address}'.");
            }
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
