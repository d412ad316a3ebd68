namespace Strangler.Catalog;

/// <summary>Log event ids of the service (2000–2999).</summary>
internal static class EventIds
{
    public const int SchemaApplied = 2001;

    public const int Projected = 2100;
    public const int Rebuilding = 2101;
    public const int Rebuilt = 2102;
    public const int WaitingForMirror = 2103;
    public const int ProjectionFailed = 2150;
    public const int ProductNotRendered = 2151;

    public const int AccessLoaded = 2200;
    public const int DatabaseUnavailable = 2250;
}
