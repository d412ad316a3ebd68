using MySqlConnector;

namespace Strangler.Cli.Running;

/// <summary>What <c>up</c> was asked for.</summary>
/// <param name="Products">How many products the demo store has; null keeps what is loaded.</param>
/// <param name="Store">An existing Magento instead of the demo store.</param>
/// <param name="Mysql">That Magento's database, read by cdc-sync.</param>
/// <param name="CryptKey">That Magento's crypt key, for admin tokens.</param>
/// <param name="Token">An integration's token of that Magento, for doctor.</param>
/// <param name="Listen">The address of the storefront listener.</param>
/// <param name="Follow">Stay, follow the logs, stop everything at the end.</param>
/// <param name="Force">Start although doctor fails.</param>
/// <param name="Build">Build first; otherwise run what the last build made.</param>
/// <param name="Delays">The demo store answers as slowly as a real Magento.</param>
internal sealed record UpSettings(
    Ports Ports, int? Products, Uri? Store, MySqlConnectionStringBuilder? Mysql, string? CryptKey, string? Token, string Listen, bool Follow, bool Force, bool Build, bool Delays)
{
    public const int DefaultProducts = 2000;

    public bool Demo => Store is null;
}
