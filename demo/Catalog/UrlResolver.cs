using Dapper;
using MySqlConnector;

namespace Strangler.Demo.Catalog;

/// <summary>A row of url_rewrite.</summary>
internal sealed class UrlRewrite
{
    public string RequestPath { get; set; } = "";

    public string TargetPath { get; set; } = "";

    public int RedirectType { get; set; }
}

/// <summary>Finds what a path stands for, in one store view.</summary>
internal sealed class UrlResolver(MySqlDataSource database)
{
    /// <summary>The rewrite of this path; a trailing slash more or less is found too.</summary>
    public async Task<UrlRewrite?> FindAsync(string path, int store, CancellationToken cancellationToken)
    {
        var trimmed = path.TrimEnd('/');
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.QueryFirstOrDefaultAsync<UrlRewrite>(new CommandDefinition("""
            SELECT request_path AS RequestPath, target_path AS TargetPath, redirect_type AS RedirectType
            FROM url_rewrite WHERE request_path IN (@trimmed, @slashed) AND store_id = @store LIMIT 1
            """, new { trimmed, slashed = trimmed + "/", store }, cancellationToken: cancellationToken));
    }

    /// <summary>The path of the same thing in another view.</summary>
    public async Task<string?> PathOfAsync(string target, int store, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var (type, id) = target.Split('/') switch
        {
            ["catalog", "product", "view", "id", var product, ..] => ("product", product),
            ["catalog", "category", "view", "id", var category, ..] => ("category", category),
            ["cms", "page", "view", "page_id", var page, ..] => ("cms-page", page),
            _ => ("", ""),
        };
        return await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            "SELECT request_path FROM url_rewrite WHERE entity_type = @type AND entity_id = @id AND store_id = @store AND redirect_type = 0 ORDER BY url_rewrite_id LIMIT 1",
            new { type, id, store }, cancellationToken: cancellationToken));
    }
}
