using System.Globalization;
using Strangler.WebApi.Stores;

namespace Strangler.WebApi.Authentication;

/// <summary>What the store's configuration says about tokens. Immutable.</summary>
public sealed class AuthenticationSettings
{
    /// <summary>The configuration paths that are read here.</summary>
    public static IReadOnlyCollection<string> ConfigPrefixes { get; } = ["oauth/", "webapi/"];

    public AuthenticationSettings(MagentoConfig config, IReadOnlyList<string> cryptKeys)
    {
        AllowsIntegrationAsBearer = config.Flag("oauth/consumer/enable_integration_as_bearer", fallback: false);
        AdminTokenHours = config.Get("oauth/access_token_lifetime/admin") is { } hours
            ? double.TryParse(hours, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 0
            : 4;
        AllowsInsecureAccess = config.Flag("webapi/webapisecurity/allow_insecure", fallback: false);
        var algorithm = config.Get("webapi/jwtauth/jwt_alg") ?? "HS256";
        Jwt = cryptKeys.Count > 0 && algorithm is "HS256" or "HS384" or "HS512" ? new MagentoJwt(string.Join(' ', cryptKeys), algorithm) : null;
    }

    /// <summary>Integrations may send their access token as bearer.</summary>
    public bool AllowsIntegrationAsBearer { get; }

    /// <summary>How long an opaque administrator token lives; zero is for ever.</summary>
    public double AdminTokenHours { get; }

    /// <summary>Routes that Magento opens to everybody by configuration are open.</summary>
    public bool AllowsInsecureAccess { get; }

    /// <summary>Null where tokens cannot be verified here: no crypt key, or an encrypted form.</summary>
    public MagentoJwt? Jwt { get; }
}
