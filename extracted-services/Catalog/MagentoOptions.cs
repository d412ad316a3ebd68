using Microsoft.Extensions.Options;
using Strangler.WebApi.Stores;

namespace Strangler.Catalog;

/// <summary>What the store keeps outside of its database, section <c>Magento</c>.</summary>
internal sealed class MagentoOptions
{
    public const string Section = "Magento";

    /// <summary>The store's crypt keys, oldest first; the last one signs tokens. Without one, tokens of administrators are left to Magento.</summary>
    public IList<string> CryptKeys { get; } = [];

    /// <summary>Hosts the web server starts with another website or store view; those in base URLs are known without it.</summary>
    public IList<RunCode> RunCodes { get; } = [];
}

/// <summary>Refuses run codes without host or code, and types Magento does not have.</summary>
internal sealed class MagentoOptionsValidator : IValidateOptions<MagentoOptions>
{
    public ValidateOptionsResult Validate(string? name, MagentoOptions options)
    {
        var faults = new List<string>();
        for (var index = 0; index < options.RunCodes.Count; index++)
        {
            var runCode = options.RunCodes[index];
            if (string.IsNullOrWhiteSpace(runCode.Host) || string.IsNullOrWhiteSpace(runCode.Code))
            {
                faults.Add($"Magento:RunCodes:{index} needs Host and Code.");
            }

            if (runCode.Type is not ("website" or "store"))
            {
                faults.Add($"Magento:RunCodes:{index}:Type is '{runCode.Type}'; it must be website or store.");
            }
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
