using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using MySqlConnector;
using Strangler.Catalog.ReadModel;

namespace Strangler.Catalog.Projection;

/// <summary>Writes documents of a generation, many rows a statement.</summary>
internal static class ProductDocumentStore
{
    private const int RowsPerStatement = 64;

    private static readonly string[] Statements = [.. Enumerable.Range(0, RowsPerStatement + 1).Select(InsertStatement)];

    /// <summary>Replaces all documents of the products in <c>projection_batch</c>; products without documents end up with none.</summary>
    public static async Task ReplaceBatchAsync(
        MirrorQuery query, int generation, IReadOnlyList<ProductDocument> documents, CancellationToken cancellationToken)
    {
        const string Sql = """
            DELETE d FROM product_document d JOIN projection_batch b ON b.entity_id = d.entity_id WHERE d.generation = @generation
            """;
        await using (var delete = new MySqlCommand(Sql, query.Connection, query.Transaction))
        {
            delete.Parameters.AddWithValue("@generation", generation);
            await delete.ExecuteNonQueryAsync(cancellationToken);
        }

        foreach (var rows in documents.Chunk(RowsPerStatement))
        {
            await InsertAsync(query, generation, rows, cancellationToken);
        }
    }

    /// <summary>Removes a share of the documents of every generation but one; false when none are left.</summary>
    public static async Task<bool> DeleteOthersAsync(MySqlConnection connection, int generation, CancellationToken cancellationToken)
    {
        const string Sql = "DELETE FROM product_document WHERE generation <> @generation LIMIT 2000";
        await using var command = new MySqlCommand(Sql, connection);
        command.Parameters.AddWithValue("@generation", generation);
        return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
    }

    [SuppressMessage("Security", "CA2100", Justification = "Placeholders only.")]
    private static async Task InsertAsync(
        MirrorQuery query, int generation, ProductDocument[] rows, CancellationToken cancellationToken)
    {
        await using var insert = new MySqlCommand(Statements[rows.Length], query.Connection, query.Transaction);
        insert.Parameters.AddWithValue("@g", generation);
        for (var index = 0; index < rows.Length; index++)
        {
            var row = rows[index];
            insert.Parameters.AddWithValue($"@e{index}", row.EntityId);
            insert.Parameters.AddWithValue($"@s{index}", row.StoreId);
            insert.Parameters.AddWithValue($"@k{index}", row.Sku);
            insert.Parameters.AddWithValue($"@f{index}", (int)row.Flags);
            insert.Parameters.AddWithValue($"@t{index}", row.EditTierPrices);
            insert.Parameters.AddWithValue($"@b{index}", row.Body);
        }

        await insert.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string InsertStatement(int rows)
    {
        var sql = new StringBuilder("INSERT INTO product_document (generation, entity_id, store_id, sku, flags, edit_tier_prices, body) VALUES ");
        for (var index = 0; index < rows; index++)
        {
            sql.Append(CultureInfo.InvariantCulture, $"{(index == 0 ? "" : ",")}(@g,@e{index},@s{index},@k{index},@f{index},@t{index},@b{index})");
        }

        return sql.ToString();
    }
}
