using Microsoft.Extensions.Diagnostics.HealthChecks;
using MySqlConnector;
using Strangler.Catalog.Database;

namespace Strangler.Catalog;

/// <summary>Ready once the products were projected for the first time, by this replica or another.</summary>
internal sealed class ReadinessCheck(CatalogDatabase database) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var connection = await database.OpenAsync(cancellationToken);
            await using var command = new MySqlCommand("SELECT generation FROM read_model WHERE id = 1", connection);
            var generation = Convert.ToInt64(
                await command.ExecuteScalarAsync(cancellationToken), System.Globalization.CultureInfo.InvariantCulture);
            return generation > 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("waiting for the first projection of the products");
        }
        catch (MySqlException fault)
        {
            return HealthCheckResult.Unhealthy(
                fault.ErrorCode == MySqlErrorCode.NoSuchTable ? "the read model's tables are not there yet" : "the database does not answer", fault);
        }
    }
}
