namespace Strangler.Demo.Identity;

/// <summary>The accounts of the generated shop. They are published in the documentation and protect nothing.</summary>
internal static class DemoCredentials
{
    public const string AdminName = "admin";
    public const string AdminPassword = "Admin123!Admin";
    public const string CustomerPassword = "Customer123!";

    /// <summary>The access token of the integration "strangler"; as bearer it opens every resource.</summary>
    public const string IntegrationToken = "demo0integration0token0strangler";
    public const string IntegrationTokenSecret = "demo0integration0token0secret000";
    public const string ConsumerKey = "demo0consumer0key0strangler00000";
    public const string ConsumerSecret = "demo0consumer0secret0strangler00";
}
