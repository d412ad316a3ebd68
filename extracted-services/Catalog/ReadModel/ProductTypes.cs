namespace Strangler.Catalog.ReadModel;

/// <summary>Names Magento gives to kinds of things.</summary>
internal static class ProductTypes
{
    public const string Bundle = "bundle";
    public const string Configurable = "configurable";
    public const string Downloadable = "downloadable";
    public const string Grouped = "grouped";

    /// <summary>The media type of a video elsewhere.</summary>
    public const string ExternalVideo = "external-video";

    /// <summary>Types whose answer is understood; another module's type is left to Magento.</summary>
    public static bool IsKnown(string typeId) => typeId is "simple" or "virtual" or Bundle or Configurable or Downloadable or Grouped;
}
