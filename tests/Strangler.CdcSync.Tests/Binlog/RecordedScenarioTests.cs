using System.Globalization;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Binlog;

public sealed class RecordedScenarioTests
{
    [Fact]
    public void The_recorded_Magento_scenario_has_the_row_events_that_its_table_counts()
    {
        var expected = File.ReadLines(RepositoryPaths.RequireShared("magento", "binlog", "scenario.md"))
            .SkipWhile(line => !line.StartsWith("## Row events per table", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| table", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .ToDictionary(cells => cells[1], cells => (Number(cells[2]), Number(cells[3]), Number(cells[4])));

        var found = RecordedLog.Transactions(RecordedLog.Bytes("magento", "binlog", "mysql-bin.000003"))
            .SelectMany(transaction => transaction.Changes).OfType<RowChange>()
            .Where(change => change.Table.Database == "magento")
            .GroupBy(change => change.Table.Name)
            .ToDictionary(table => table.Key, table => (Count(table, RowOperation.Insert), Count(table, RowOperation.Update), Count(table, RowOperation.Delete)));

        found.Should().BeEquivalentTo(expected);
    }

    private static int Count(IEnumerable<RowChange> changes, RowOperation operation) => changes.Count(change => change.Operation == operation);

    private static int Number(string cell) => cell.Length == 0 ? 0 : int.Parse(cell, CultureInfo.InvariantCulture);
}
