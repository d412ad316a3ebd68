using Dapper;
using Microsoft.Extensions.Options;
using MySqlConnector;
using Strangler.Demo.Rest;
using Strangler.Demo.Serving;

namespace Strangler.Demo.Identity;

/// <summary>Checks passwords and tokens against Magento's tables and issues tokens.</summary>
internal sealed class Accounts(MySqlDataSource database, IOptions<DemoOptions> options, TimeProvider time)
{
    public const int AdminType = 2;
    public const int CustomerType = 3;

    private readonly JsonWebToken _tokens = new(options.Value.CryptKey);

    public string IssueToken(int userId, int userType) => _tokens.Issue(userId, userType, time.GetUtcNow());

    public async Task<int?> CheckAdminAsync(string name, string password, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var user = await connection.QueryFirstOrDefaultAsync<(int Id, string Hash)?>(new CommandDefinition(
            "SELECT user_id, password FROM admin_user WHERE username = @name AND is_active = 1", new { name }, cancellationToken: cancellationToken));
        return user is { } found && PasswordHash.Verify(password, found.Hash) ? found.Id : null;
    }

    public async Task<int?> CheckCustomerAsync(string email, string password, int website, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var customer = await connection.QueryFirstOrDefaultAsync<(int Id, string? Hash)?>(new CommandDefinition(
            "SELECT entity_id, password_hash FROM customer_entity WHERE email = @email AND website_id = @website AND is_active = 1", new { email, website }, cancellationToken: cancellationToken));
        return customer is { } found && PasswordHash.Verify(password, found.Hash) ? found.Id : null;
    }

    /// <summary>Whether guests may read the catalog and the stores by the web API; asked only when somebody would be refused.</summary>
    public async Task<bool> AllowsInsecureAccessAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            "SELECT value FROM core_config_data WHERE scope = 'default' AND path = 'webapi/webapisecurity/allow_insecure'", cancellationToken: cancellationToken)) == "1";
    }

    /// <summary>Who a bearer token stands for; a token that is none of ours makes a guest.</summary>
    public async Task<(CallerKind Kind, int? Id)> IdentifyAsync(string? authorization, CancellationToken cancellationToken)
    {
        if (authorization?.Split(' ') is not [var scheme, var token] || !scheme.Equals("bearer", StringComparison.OrdinalIgnoreCase))
        {
            return (CallerKind.Guest, null);
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (_tokens.Read(token, time.GetUtcNow()) is { } claims)
        {
            var revokedBefore = await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
                "SELECT revoke_before FROM jwt_auth_revoked WHERE user_type_id = @UserType AND user_id = @UserId", claims, cancellationToken: cancellationToken));
            return claims.IssuedAt <= revokedBefore ? (CallerKind.Guest, null) : (claims.UserType == AdminType ? CallerKind.Admin : CallerKind.Customer, claims.UserId);
        }

        var integration = await connection.ExecuteScalarAsync<int?>(new CommandDefinition("""
            SELECT i.integration_id FROM oauth_token t JOIN integration i ON i.consumer_id = t.consumer_id
            WHERE t.token = @token AND t.type = 'access' AND t.revoked = 0 AND i.status = 1
            """, new { token }, cancellationToken: cancellationToken));
        return integration is null ? (CallerKind.Guest, null) : (CallerKind.Integration, integration);
    }
}
