using MySqlConnector;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Positions;
using Strangler.CdcSync.Snapshot;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Binlog;

/// <summary>
/// The recorded logs of a MariaDB and a MySQL, followed row by row from nothing: what they end in is what the server had, value for value.
/// They hold every column type with its extremes, all row images, compressed events of both kinds, partial JSON and XA.
/// </summary>
public sealed class RecordedStateTests(SharedServers servers)
{
    // Nothing is logged of what foreign keys did on MariaDB; a table without a key has no rows to tell apart.
    private static readonly string[] NotFollowed = ["zz_child", "zz_note", "zz_nokey"];

    // The one row that a statement changed, on both servers.
    private const string ChangedByStatement = "zz_bulk";
    private const long ChangedRow = 5;

    [Fact]
    public async Task The_log_of_MariaDb_ends_in_the_state_of_the_server()
    {
        var state = RepositoryPaths.RequireShared("debezium", "state", "mariadb-zz-end.sql.gz");
        var server = await servers.MariaDbAsync(TestContext.Current.CancellationToken);
        var database = SharedServers.NewDatabase("state");
        await server.ExecuteAsync(null, $"CREATE DATABASE {database} CHARACTER SET utf8mb4", TestContext.Current.CancellationToken);
        await server.LoadAsync(database, state, TestContext.Current.CancellationToken);
        await FollowAsync(server.ConnectionString(database), database, "mariadb-10.11", "zz_bulk", "zz_composite", "zz_compressed", "zz_maria", "zz_parent", "zz_types");
    }

    [Fact]
    public async Task The_log_of_MySql_ends_in_the_state_of_the_server()
    {
        var state = RepositoryPaths.RequireShared("debezium", "state", "mysql-zz-end.sql.gz");
        var server = await servers.MySqlAsync(TestContext.Current.CancellationToken);
        var database = SharedServers.NewDatabase("state");
        await server.ExecuteAsync(null, $"CREATE DATABASE {database} CHARACTER SET utf8mb4", TestContext.Current.CancellationToken);
        await server.LoadAsync(database, state, TestContext.Current.CancellationToken);
        await FollowAsync(server.ConnectionString(database), database, "mysql-9.7", "zz_bulk", "zz_composite", "zz_mysql", "zz_parent", "zz_types");
    }

    private static async Task FollowAsync(string connectionString, string database, string log, params string[] expectedTables)
    {
        await using var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        var names = await TestSync.RowsAsync(connectionString, "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'zz\\_%' AND TABLE_TYPE = 'BASE TABLE'");
        var definitions = (await CatalogReader.TablesAsync(connection, database, names, TestContext.Current.CancellationToken))
            .Where(table => !NotFollowed.Contains(table.Name.Name)).ToList();
        definitions.Select(table => table.Name.Name).Should().BeEquivalentTo(expectedTables);
        var mirrors = definitions.ToDictionary(table => table.Name.Name, table => new MemoryMirror(table));
        var byStatement = new List<string>();
        foreach (var transaction in Transactions(log, "mysql-bin.000003.gz").Concat(Transactions(log, "mysql-bin.000004")))
        {
            using (transaction)
            {
                byStatement.AddRange(transaction.Changes.OfType<TableChange>().Where(change => change.What == TableEvent.ChangedByStatement).Select(change => change.Table.Name));
                foreach (var change in transaction.Changes.Where(change => mirrors.ContainsKey(change.Table.Name)))
                {
                    mirrors[change.Table.Name].Apply(change);
                }
            }
        }

        byStatement.Should().Equal(ChangedByStatement);
        await using var positions = new SourcePositionReader(connectionString);
        await using var reader = new ChunkReader(new MySqlConnectionStringBuilder(connectionString), database, positions, TimeProvider.System);
        foreach (var (name, mirror) in mirrors)
        {
            var rows = await reader.ReadRangeAsync(mirror.Definition, null, null, TestContext.Current.CancellationToken);
            mirror.ShouldBe(rows, row => name == ChangedByStatement && row[0].Int64 == ChangedRow);
        }
    }

    private static List<ChangeTransaction> Transactions(string log, string file) => RecordedLog.Transactions(
        RecordedLog.Bytes("debezium", "binlog", log, file), isWanted: table => table.Name.StartsWith("zz_", StringComparison.Ordinal));

    /// <summary>A table held in memory, by its key.</summary>
    private sealed class MemoryMirror(TableDefinition definition)
    {
        private readonly Dictionary<RowKey, ColumnValue[]> _rows = [];

        public TableDefinition Definition { get; } = definition;

        public void Apply(Change change)
        {
            if (change is RowChange row)
            {
                var before = row.Before is null ? null : Arrange(row.Shape, row.Before);
                var after = row.After is null ? null : Arrange(row.Shape, row.After);
                ColumnValue[]? known = null;
                if (before is not null)
                {
                    _rows.Remove(Key(before), out known).Should().BeTrue("{0} has the row {1}", change.Table, Key(before));
                }

                if (after is not null)
                {
                    var whole = after.Select((value, column) => value.IsAbsent ? known?[column] ?? default : value).ToArray();
                    _rows[Key(whole)] = whole;
                }
            }
            else if (change is TableChange { What: TableEvent.Truncated or TableEvent.Replaced })
            {
                _rows.Clear();
            }
        }

        public void ShouldBe(List<ColumnValue[]> rows, Func<ColumnValue[], bool> isExcused)
        {
            foreach (var row in rows)
            {
                _rows.Remove(Key(row), out var found).Should().BeTrue("{0} has the row {1}", Definition.Name.Name, Key(row));
                for (var i = 0; i < row.Length && !isExcused(row); i++)
                {
                    Printed(found![i]).Should().Be(Printed(row[i]), "that is {0}.{1} of row {2}", Definition.Name.Name, Definition.Columns[i].Name, Key(row));
                }
            }

            _rows.Should().BeEmpty("{0} has no other rows", Definition.Name.Name);
        }

        // The recorded state is a dump, which rounds a FLOAT to six digits.
        private static ColumnValue Printed(ColumnValue value) => value.Kind == ValueKind.Single
            ? ColumnValue.Of(value.Double.ToString("G6", System.Globalization.CultureInfo.InvariantCulture))
            : value;

        private RowKey Key(ColumnValue[] row) =>
            new([.. Definition.Key!.Select(name => row[Definition.Columns.ToList().FindIndex(column => column.Name == name)])]);

        private ColumnValue[] Arrange(TableShape shape, ColumnValue[] values)
        {
            var at = shape.Columns.Select((name, index) => (name, index)).ToDictionary(column => column.name, column => column.index);
            return [.. Definition.Columns.Select(column => at.TryGetValue(column.Name, out var index) ? values[index] : default)];
        }
    }
}
