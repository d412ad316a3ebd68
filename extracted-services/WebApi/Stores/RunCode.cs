namespace Strangler.WebApi.Stores;

/// <summary>Which website or store view the web server starts Magento with for a host (<c>MAGE_RUN_CODE</c>, <c>MAGE_RUN_TYPE</c>).</summary>
public sealed class RunCode
{
    /// <summary>Host name without port.</summary>
    public string Host { get; set; } = "";

    /// <summary>Code of the website or store view.</summary>
    public string Code { get; set; } = "";

    /// <summary><c>website</c> or <c>store</c>.</summary>
    public string Type { get; set; } = "website";
}
