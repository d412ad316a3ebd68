using Dapper;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using MySqlConnector;
using Strangler.Demo.Loading;

namespace Strangler.Demo.Serving;

/// <summary>Ready when the database answers and holds a finished load; also behind Magento's own <c>health_check.php</c>.</summary>
internal sealed class DatabaseCheck(MySqlDataSource database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            var state = await SchemaInstaller.InspectAsync(connection, cancellationToken);
            return state == DatabaseState.Loaded ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"The database is {state}: run load first.");
        }
        catch (MySqlException fault)
        {
            return HealthCheckResult.Unhealthy(fault.Message);
        }
    }

    public static async Task AnswerAsync(HttpContext http, MySqlDataSource database)
    {
        http.Response.ContentType = "text/html; charset=UTF-8";
        http.Response.Headers.Vary = "Accept-Encoding";
        try
        {
            await using var connection = await database.OpenConnectionAsync(http.RequestAborted);
            await connection.ExecuteScalarAsync<int>("SELECT 1");
        }
        catch (MySqlException)
        {
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }
}
