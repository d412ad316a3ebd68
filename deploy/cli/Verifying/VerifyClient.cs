using System.Text.Json.Nodes;
using Strangler.Cli.CdcSync;

namespace Strangler.Cli.Verifying;

/// <summary>What verification asks of cdc-sync.</summary>
internal sealed class VerifyClient(CdcSyncClient cdcSync)
{
    public Task<JsonNode> OrderAsync(VerifyTarget target, bool repair, string? entity, string? key, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["repair"] = repair };
        Set("service", target.Service);
        Set("entity", entity);
        Set("key", key);
        if (target.Tables.Count > 0)
        {
            body["tables"] = new JsonArray([.. target.Tables.Select(table => JsonValue.Create(table))]);
        }

        return cdcSync.SendAsync(HttpMethod.Post, "verify", body, cancellationToken);

        void Set(string name, string? value)
        {
            if (value is not null)
            {
                body[name] = value;
            }
        }
    }

    public Task<JsonNode> GetAsync(string id, CancellationToken cancellationToken) => cdcSync.SendAsync(HttpMethod.Get, $"verify/{id}", null, cancellationToken);

    public Task<JsonNode> ReadModelAsync(string? service, bool repair, string? after, CancellationToken cancellationToken) => cdcSync.SendAsync(
        HttpMethod.Post, "verify/read-model", new JsonObject { ["service"] = service, ["repair"] = repair, ["after"] = after }, cancellationToken);
}
