using Microsoft.Extensions.Options;
using MySqlConnector;
using Strangler.Catalog.ReadModel;
using Strangler.WebApi.Authentication;
using Strangler.WebApi.Stores;

namespace Strangler.Catalog.Access;

/// <summary>Holds the current <see cref="AccessState"/> and reads a new one when the mirror has moved on.</summary>
internal sealed partial class AccessReader(
    IOptions<MagentoOptions> magento, IOptions<CatalogOptions> options, TimeProvider time, ILogger<AccessReader> logger)
{
    private static readonly string[] ConfigPrefixes = [.. AuthenticationSettings.ConfigPrefixes, "web/", ProjectedConfig.StockItem];

    private volatile AccessState? _current;

    /// <summary>The state read last; null before the first request.</summary>
    public AccessState? Current => _current;

    /// <summary>
    /// Reads the state from the mirror. <paramref name="keep"/> is false while changes wait to be projected: then the state serves
    /// one request only, because its version does not say yet that it is new.
    /// </summary>
    public async Task<AccessState> ReadAsync(MySqlConnection connection, long version, bool keep, CancellationToken cancellationToken)
    {
        var config = await MirrorSettingsReader.ReadConfigAsync(connection, null, ConfigPrefixes, cancellationToken);
        var stores = await MirrorSettingsReader.ReadStoresAsync(connection, null, cancellationToken);
        var websites = await MirrorSettingsReader.ReadWebsitesAsync(connection, null, cancellationToken);
        var state = new AccessState(
            version,
            new StoreDirectory(stores, websites, config, magento.Value.RunCodes),
            new AuthenticationSettings(config, [.. magento.Value.CryptKeys]),
            config.HasScopedValues(ProjectedConfig.StockItem),
            options.Value.TokenCacheSize);
        if (keep)
        {
            _current = state;
            Log.AccessLoaded(logger, version);
        }

        return state;
    }

    /// <summary>The caller of a token; null when only Magento can tell.</summary>
    public async Task<Caller?> FindCallerAsync(
        MySqlConnection connection, AccessState state, string token, CancellationToken cancellationToken)
    {
        if (state.TryGetCaller(token, time.GetUtcNow().ToUnixTimeSeconds(), out var known))
        {
            return known;
        }

        var caller = await MirrorAuthenticator.FindAsync(connection, token, state.Settings, time, cancellationToken);
        if (caller is not null)
        {
            state.Remember(token, caller);
        }

        return caller;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.AccessLoaded, LogLevel.Debug, "Read store views and settings, access version {Version}")]
        public static partial void AccessLoaded(ILogger logger, long version);
    }
}
