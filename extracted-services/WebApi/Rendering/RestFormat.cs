namespace Strangler.WebApi.Rendering;

/// <summary>How an answer is written.</summary>
public enum RestFormat
{
    Json,
    Xml,

    /// <summary>No renderer is sure to be Magento's choice; only Magento can answer.</summary>
    Unknown,
}
