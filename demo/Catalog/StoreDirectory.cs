using Dapper;
using MySqlConnector;

namespace Strangler.Demo.Catalog;

/// <summary>The store views, read once: they change only when the database is loaded anew.</summary>
internal sealed class StoreDirectory(MySqlDataSource database)
{
    private const string Sql = """
        SELECT s.store_id AS Id, s.code AS Code, s.name AS Name, s.website_id AS WebsiteId, w.code AS WebsiteCode, s.group_id AS GroupId,
               g.root_category_id AS RootCategoryId, s.is_active AS IsActive,
               COALESCE(c.value, 'USD') AS Currency, COALESCE(r.rate, 1) AS Rate
        FROM store s
        JOIN store_website w ON w.website_id = s.website_id
        JOIN store_group g ON g.group_id = s.group_id
        LEFT JOIN core_config_data c ON c.scope = 'stores' AND c.scope_id = s.store_id AND c.path = 'currency/options/default'
        LEFT JOIN directory_currency_rate r ON r.currency_from = 'USD' AND r.currency_to = COALESCE(c.value, 'USD')
        ORDER BY s.sort_order, s.store_id
        """;

    private volatile IReadOnlyList<StoreView>? _views;

    public async ValueTask<IReadOnlyList<StoreView>> AllAsync(CancellationToken cancellationToken)
    {
        if (_views is { } known)
        {
            return known;
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<StoreRow>(new CommandDefinition(Sql, cancellationToken: cancellationToken));
        return _views = [.. rows.Select(row => new StoreView(row.Id, row.Code, row.Name, row.WebsiteId, row.WebsiteCode, row.GroupId, row.RootCategoryId, row.IsActive != 0, row.Currency, row.Rate))];
    }

    public async ValueTask<StoreView?> FindAsync(string code, CancellationToken cancellationToken) =>
        (await AllAsync(cancellationToken)).FirstOrDefault(view => view.Code == code);

    public async ValueTask<StoreView> GetAsync(int id, CancellationToken cancellationToken) =>
        (await AllAsync(cancellationToken)).First(view => view.Id == id);

    private sealed class StoreRow
    {
        public int Id { get; set; }

        public string Code { get; set; } = "";

        public string Name { get; set; } = "";

        public int WebsiteId { get; set; }

        public string WebsiteCode { get; set; } = "";

        public int GroupId { get; set; }

        public int RootCategoryId { get; set; }

        public int IsActive { get; set; }

        public string Currency { get; set; } = "";

        public decimal Rate { get; set; }
    }
}
