using System.Text.RegularExpressions;
using Dapper;
using MySqlConnector;

namespace Strangler.Demo.Tests.Loading;

/// <summary>Our tables beside the real ones: both are created on the same server and the server describes both.</summary>
public sealed partial class SchemaTests(DemoServer server)
{
    private const string ColumnsSql = """
        SELECT CONCAT_WS('|', table_name, ordinal_position, column_name, column_type, is_nullable, COALESCE(column_default, 'none'), extra, COALESCE(collation_name, ''))
        FROM information_schema.columns WHERE table_schema = @schema AND table_name IN @tables ORDER BY table_name, ordinal_position
        """;

    private const string KeysSql = """
        SELECT CONCAT_WS('|', table_name, index_name, non_unique, index_type, GROUP_CONCAT(CONCAT(column_name, COALESCE(sub_part, '')) ORDER BY seq_in_index))
        FROM information_schema.statistics WHERE table_schema = @schema AND table_name IN @tables GROUP BY table_name, index_name, non_unique, index_type ORDER BY 1
        """;

    private const string ForeignKeysSql = """
        SELECT CONCAT_WS('|', r.table_name, r.constraint_name, r.referenced_table_name, r.update_rule, r.delete_rule, GROUP_CONCAT(CONCAT(k.column_name, '>', k.referenced_column_name) ORDER BY k.ordinal_position))
        FROM information_schema.referential_constraints r
        JOIN information_schema.key_column_usage k ON k.constraint_schema = r.constraint_schema AND k.constraint_name = r.constraint_name AND k.table_name = r.table_name
        WHERE r.constraint_schema = @schema AND r.table_name IN @tables GROUP BY r.table_name, r.constraint_name, r.referenced_table_name, r.update_rule, r.delete_rule ORDER BY 1
        """;

    [Fact]
    public async Task Schema_IsThatOfTheRealStore()
    {
        var dump = RepositoryPaths.RequireShared("magento", "db", "magento-schema.sql.gz");
        var cancelled = TestContext.Current.CancellationToken;
        await server.Database.ExecuteAsync(null, "CREATE DATABASE real_store", cancelled);
        await server.Database.LoadAsync("real_store", dump, cancelled);
        await using var connection = new MySqlConnection(server.Database.RootConnectionString);
        await connection.OpenAsync(cancelled);
        var tables = (await connection.QueryAsync<string>("SELECT table_name FROM information_schema.tables WHERE table_schema = 'magento'")).ToList();

        tables.Should().HaveCountGreaterThan(200);
        foreach (var sql in new[] { ColumnsSql, KeysSql, ForeignKeysSql })
        {
            var ours = await connection.QueryAsync<string>(sql, new { schema = "magento", tables });
            var real = await connection.QueryAsync<string>(sql, new { schema = "real_store", tables });
            ours.Should().Equal(real);
        }
    }

    [Fact]
    public async Task Schema_ColumnNamesAndPrimaryKeys_AreThoseOfTheReference()
    {
        var lines = await File.ReadAllLinesAsync(RepositoryPaths.RequireShared("magento", "reference", "tables.csv"), TestContext.Current.CancellationToken);
        await using var connection = new MySqlConnection(server.Database.RootConnectionString);
        var columns = (await connection.QueryAsync<(string Table, string Column)>(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'magento'")).ToLookup(row => row.Table, row => row.Column);
        var compared = 0;
        foreach (var line in lines.Skip(1))
        {
            var cells = Cell().Matches(line).Select(match => match.Groups[1].Success ? match.Groups[1].Value : match.Groups[2].Value).ToArray();
            if (!columns.Contains(cells[0]))
            {
                continue;
            }

            var named = cells[9].Split("; ").Select(column => column.Split(' ')[0]).ToHashSet();
            columns[cells[0]].Should().Contain(named, cells[0]);
            compared++;
        }

        compared.Should().BeGreaterThan(150);
    }

    [GeneratedRegex("(?:^|,)(?:\"((?:[^\"]|\"\")*)\"|([^,]*))")]
    private static partial Regex Cell();
}
