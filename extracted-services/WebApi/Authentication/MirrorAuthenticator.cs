using MySqlConnector;

namespace Strangler.WebApi.Authentication;

/// <summary>Finds the caller of a bearer token in a mirror of Magento's token, integration and role tables.</summary>
public static class MirrorAuthenticator
{
    /// <summary>
    /// The caller, <see cref="Caller.Guest"/> for a token that is not valid, or null when only Magento can tell (a JWT whose key is
    /// not configured, an integration that is not active).
    /// </summary>
    public static async Task<Caller?> FindAsync(
        MySqlConnection connection, string token, AuthenticationSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        if (token.Contains('.', StringComparison.Ordinal))
        {
            return await FindByJwtAsync(connection, token, settings, time, cancellationToken);
        }

        var opaque = await ReadTokenAsync(connection, token, cancellationToken);
        if (opaque is null || opaque.Revoked)
        {
            return Caller.Guest;
        }

        return opaque.UserType switch
        {
            UserType.Integration => await IntegrationAsync(connection, opaque, settings, cancellationToken),
            UserType.Admin => await AdminAsync(connection, opaque, settings, time, cancellationToken),
            _ => Caller.Guest,
        };
    }

    private static async Task<Caller?> FindByJwtAsync(
        MySqlConnection connection, string token, AuthenticationSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        if (settings.Jwt is not { } jwt)
        {
            return null;
        }

        if (jwt.Verify(token) is not { } claims || claims.ExpiresAt <= time.GetUtcNow().ToUnixTimeSeconds())
        {
            return Caller.Guest;
        }

        const string Sql = "SELECT revoke_before FROM jwt_auth_revoked WHERE user_type_id = @type AND user_id = @id";
        await using var command = new MySqlCommand(Sql, connection);
        command.Parameters.AddWithValue("@type", (int)claims.UserType);
        command.Parameters.AddWithValue("@id", claims.UserId);
        if (await command.ExecuteScalarAsync(cancellationToken) is { } revoked
            && claims.IssuedAt <= Convert.ToInt64(revoked, System.Globalization.CultureInfo.InvariantCulture))
        {
            return Caller.Guest;
        }

        return claims.UserType == UserType.Admin
            ? new Caller(UserType.Admin, claims.UserId, await ReadRulesAsync(connection, UserType.Admin, claims.UserId, cancellationToken), claims.ExpiresAt)
            : new Caller(claims.UserType, claims.UserId, [], claims.ExpiresAt);
    }

    private static async Task<Caller?> IntegrationAsync(
        MySqlConnection connection, OpaqueToken token, AuthenticationSettings settings, CancellationToken cancellationToken)
    {
        if (!settings.AllowsIntegrationAsBearer)
        {
            return Caller.Guest;
        }

        const string Sql = "SELECT integration_id, status FROM integration WHERE consumer_id = @consumer";
        int id;
        await using (var command = new MySqlCommand(Sql, connection))
        {
            command.Parameters.AddWithValue("@consumer", token.ConsumerId);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            if (!await reader.ReadAsync(cancellationToken) || reader.GetInt32(1) != 1)
            {
                return null;
            }

            id = reader.GetInt32(0);
        }

        return new Caller(UserType.Integration, id, await ReadRulesAsync(connection, UserType.Integration, id, cancellationToken));
    }

    private static async Task<Caller> AdminAsync(
        MySqlConnection connection, OpaqueToken token, AuthenticationSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        var expires = settings.AdminTokenHours > 0 ? token.CreatedAt + (long)(settings.AdminTokenHours * 3600) : long.MaxValue;
        return expires <= time.GetUtcNow().ToUnixTimeSeconds()
            ? Caller.Guest
            : new Caller(UserType.Admin, token.AdminId, await ReadRulesAsync(connection, UserType.Admin, token.AdminId, cancellationToken), expires);
    }

    private static async Task<OpaqueToken?> ReadTokenAsync(MySqlConnection connection, string token, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT user_type, COALESCE(consumer_id, 0), COALESCE(admin_id, 0), revoked, TIMESTAMPDIFF(SECOND, '1970-01-01 00:00:00', created_at)
            FROM oauth_token WHERE token = @token AND type = 'access'
            """;
        await using (var zone = new MySqlCommand("SET time_zone = '+00:00'", connection))
        {
            await zone.ExecuteNonQueryAsync(cancellationToken);
        }

        await using var command = new MySqlCommand(Sql, connection);
        command.Parameters.AddWithValue("@token", token);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new OpaqueToken(
                reader.IsDBNull(0) ? UserType.Guest : (UserType)reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2),
                reader.GetInt32(3) != 0, reader.IsDBNull(4) ? 0 : reader.GetInt64(4))
            : null;
    }

    private static async Task<IReadOnlyList<IReadOnlyDictionary<string, bool>>> ReadRulesAsync(
        MySqlConnection connection, UserType userType, int userId, CancellationToken cancellationToken)
    {
        // The user's own role stands below a group role; an integration has only its own.
        const string Sql = """
            SELECT role.role_id = own.role_id AS is_own, rule.resource_id, rule.permission
            FROM (SELECT role_id, parent_id FROM authorization_role
                  WHERE role_type = 'U' AND user_id = @id AND user_type = @type ORDER BY role_id LIMIT 1) own
            JOIN authorization_role role ON role.role_id = own.role_id OR role.role_id = own.parent_id
            JOIN authorization_rule rule ON rule.role_id = role.role_id
            """;
        await using var command = new MySqlCommand(Sql, connection);
        command.Parameters.AddWithValue("@id", userId);
        command.Parameters.AddWithValue("@type", ((int)userType).ToString(System.Globalization.CultureInfo.InvariantCulture));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var own = new Dictionary<string, bool>(StringComparer.Ordinal);
        var parent = new Dictionary<string, bool>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (!reader.IsDBNull(1) && !reader.IsDBNull(2))
            {
                (reader.GetInt32(0) != 0 ? own : parent)[reader.GetString(1)] = reader.GetString(2) == "allow";
            }
        }

        return [own, parent];
    }

    private sealed record OpaqueToken(UserType UserType, int ConsumerId, int AdminId, bool Revoked, long CreatedAt);
}
