using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;
using MySqlConnector;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests;

/// <summary>Each foreign key of a real store's schema that acts on a table of the catalog's subscription, tried one by one: made from the schema, not written down.</summary>
public sealed partial class CascadeSchemaTests(SharedServers servers)
{
    [Fact]
    public async Task Every_cascade_of_the_schema_is_followed_MariaDb()
    {
        var (schema, subscription) = Prepare();
        await using var sync = await TestSync.FromMariaDbAsync(servers, schema, subscription);
        await TryAllAsync(sync);
    }

    [Fact]
    public async Task Every_cascade_of_the_schema_is_followed_MySql()
    {
        var (schema, subscription) = Prepare();
        await using var sync = await TestSync.FromMySqlAsync(servers, schema, subscription);
        await TryAllAsync(sync);
    }

    /// <summary>The subscribed tables and all that their keys lead to, out of the schema's dump.</summary>
    private static (string Schema, string Subscription) Prepare()
    {
        var subscription = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "extracted-services", "Catalog", "subscription.json"));
        using var dump = new StreamReader(new GZipStream(File.OpenRead(RepositoryPaths.RequireShared("magento", "db", "magento-schema.sql.gz")), CompressionMode.Decompress));
        var tables = CreateTable().Matches(dump.ReadToEnd()).ToDictionary(match => match.Groups["name"].Value, match => match.Value);
        var open = new Stack<string>(JsonDocument.Parse(subscription).RootElement.GetProperty("tables").EnumerateArray().Select(table => table.GetProperty("name").GetString()!).Where(tables.ContainsKey));
        var wanted = new HashSet<string>();
        while (open.TryPop(out var table))
        {
            if (wanted.Add(table))
            {
                foreach (Match parent in References().Matches(tables[table]))
                {
                    open.Push(parent.Groups["name"].Value);
                }
            }
        }

        var subscribed = JsonDocument.Parse(subscription).RootElement.GetProperty("tables").EnumerateArray().Where(table => wanted.Contains(table.GetProperty("name").GetString()!)).Select(table => table.GetRawText());
        return ($"SET foreign_key_checks = 0, sql_mode = ''; {string.Join('\n', wanted.Select(table => tables[table]))}", $$"""{ "service": "catalog", "tables": [ {{string.Join(",", subscribed)}} ] }""");
    }

    private static async Task TryAllAsync(TestSync sync)
    {
        await using var connection = new MySqlConnection(sync.Source);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        var keys = (await CatalogReader.ForeignKeysAsync(connection, sync.SourceDatabase, TestContext.Current.CancellationToken)).Where(key => key.HasAction).ToList();
        var tables = (await CatalogReader.TablesAsync(connection, sync.SourceDatabase, [.. keys.SelectMany(key => new[] { key.Child, key.Parent }).Distinct()], TestContext.Current.CancellationToken))
            .ToDictionary(table => table.Name.Name);
        await sync.StartAsync();
        await sync.StreamingAsync();
        var mirrored = sync.Context.Subscription.Tables.Select(table => table.Name).ToHashSet();
        var tried = keys.Where(key => mirrored.Contains(key.Child)).ToList();
        tried.Should().HaveCountGreaterThan(50);
        var world = new World(tables, keys);
        var doomed = new List<(ForeignKey Key, string Child, string Delete)>();
        foreach (var key in tried)
        {
            // A parent and its parents; two children of it, of which one has children again; a neighbour that must stay.
            var parent = world.Insert(key.Parent, []);
            var child = world.Insert(key.Child, Refer(key, parent));
            world.Insert(key.Child, Refer(key, parent));
            foreach (var lower in keys.Where(lower => lower.Parent == key.Child && lower.Child != key.Child))
            {
                world.Insert(lower.Child, Refer(lower, child));
            }

            var top = world.TopOf(key, parent);
            doomed.Add((key, world.Where(key.Child, child), $"DELETE FROM `{top.Table}` WHERE {world.Where(top.Table, top.Row)}"));
            world.Insert(key.Child, Refer(key, world.Insert(key.Parent, [])));
        }

        await sync.AtSourceAsync($"SET foreign_key_checks = 0, sql_mode = ''; {string.Join(";\n", world.Statements)}");
        await sync.CaughtUpAsync();
        foreach (var (key, child, delete) in doomed)
        {
            (await TestSync.RowsAsync(sync.Target, $"SELECT COUNT(*) FROM `{key.Child}` WHERE {child}")).Should().Equal(["1"], "{0} is there before", key.Name);
        }

        await sync.AtSourceAsync(string.Join(";\n", doomed.Select(step => step.Delete)));
        await sync.CaughtUpAsync();
        foreach (var (key, child, delete) in doomed)
        {
            var left = await TestSync.RowsAsync(sync.Source, $"SELECT COUNT(*) FROM `{key.Child}` WHERE {child}");
            (await TestSync.RowsAsync(sync.Target, $"SELECT COUNT(*) FROM `{key.Child}` WHERE {child}")).Should().Equal(left, "{0} ({1} of {2}) acts after {3}", key.Name, key.Child, key.Parent, delete);
        }

        foreach (var table in tried.Select(key => key.Child).Distinct())
        {
            await sync.ShouldMirrorAsync(table);
        }
    }

    private static Dictionary<string, object> Refer(ForeignKey key, Dictionary<string, object> parent) =>
        key.ChildColumns.Zip(key.ParentColumns).ToDictionary(pair => pair.First, pair => parent[pair.Second]);

    [GeneratedRegex(@"CREATE TABLE `(?<name>[^`]+)` \(\n.*?\n\)[^;]*;", RegexOptions.Singleline)]
    private static partial Regex CreateTable();

    [GeneratedRegex("REFERENCES `(?<name>[^`]+)`")]
    private static partial Regex References();

    /// <summary>Rows that nobody would write, but that keys can act on.</summary>
    private sealed class World(Dictionary<string, TableDefinition> tables, List<ForeignKey> keys)
    {
        private int _next = 100;

        public List<string> Statements { get; } = [];

        /// <summary>A row whose values are its own, save for those given; its parents are made too, so that a cascade can come from above.</summary>
        public Dictionary<string, object> Insert(string table, Dictionary<string, object> given, int depth = 0)
        {
            var row = new Dictionary<string, object>(given);
            foreach (var key in keys.Where(key => key.Child == table && depth < 3 && !key.ChildColumns.Any(row.ContainsKey) && key.Parent != table))
            {
                foreach (var (column, value) in Refer(key, Insert(key.Parent, [], depth + 1)))
                {
                    row[column] = value;
                }
            }

            var number = ++_next;
            foreach (var column in tables[table].Columns.Where(column => !row.ContainsKey(column.Name)))
            {
                row[column.Name] = column.DataType switch
                {
                    "tinyint" => number % 120,
                    "smallint" or "int" or "bigint" or "mediumint" or "decimal" or "float" or "double" => number,
                    "date" or "datetime" or "timestamp" => "2020-01-01",
                    "enum" or "set" => 1,
                    _ => "v" + number.ToString(CultureInfo.InvariantCulture),
                };
            }

            // A second child of one parent is more than some keys allow.
            Statements.Add($"INSERT IGNORE INTO `{table}` ({string.Join(", ", row.Keys.Select(column => $"`{column}`"))}) VALUES ({string.Join(", ", row.Values.Select(Literal))})");
            return row;
        }

        public string Where(string table, IReadOnlyDictionary<string, object> row) => string.Join(" AND ", tables[table].Key!.Select(column => $"`{column}` = {Literal(row[column])}"));

        /// <summary>Where the row's own parent goes by a cascade, the uppermost one, so that several levels are tried; else the parent itself.</summary>
        public (string Table, IReadOnlyDictionary<string, object> Row) TopOf(ForeignKey key, Dictionary<string, object> parent)
        {
            var (table, row) = (key.Parent, (IReadOnlyDictionary<string, object>)parent);
            while (keys.FirstOrDefault(upper => upper.Child == table && upper.OnDelete == ReferentialAction.Cascade && upper.Parent != table && !tables[upper.Parent].Columns.Any(column => column.DataType == "tinyint" && upper.ParentColumns.Contains(column.Name))) is { } upper)
            {
                // The parent's key is what the child's row says; the rest of its row does not matter.
                var values = upper.ParentColumns.Zip(upper.ChildColumns).ToDictionary(pair => pair.First, pair => row[pair.Second]);
                if (!tables[upper.Parent].Key!.All(values.ContainsKey) || keys.Any(next => next.Child == upper.Parent && next.OnDelete == ReferentialAction.Cascade))
                {
                    return tables[upper.Parent].Key!.All(values.ContainsKey) ? (upper.Parent, values) : (table, row);
                }

                (table, row) = (upper.Parent, values);
            }

            return (table, row);
        }

        private static string Literal(object value) => value is string text ? $"'{text}'" : Convert.ToString(value, CultureInfo.InvariantCulture)!;
    }
}
