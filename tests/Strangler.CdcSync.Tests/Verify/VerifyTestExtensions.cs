using Strangler.CdcSync.Tests.Support;
using Strangler.CdcSync.Verify;

namespace Strangler.CdcSync.Tests.Verify;

internal static class VerifyTestExtensions
{
    /// <summary>Compares some tables, or all, and waits for the end.</summary>
    public static async Task<(VerifyRun Run, List<RowDifference> Differences)> VerifyAsync(this TestSync sync, bool repair = false, params string[] tables)
    {
        var names = tables.Length > 0 ? tables : [.. sync.Context.Subscription.Tables.Select(table => table.Name)];
        var run = await sync.Service.Verifier.OrderAsync(new VerifyOrder(names, repair), TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => Task.FromResult(run.IsDone), "the verification is done", TestContext.Current.CancellationToken, TimeSpan.FromMinutes(3));
        return (run, await sync.Service.Verifier.DifferencesAsync(run, TestContext.Current.CancellationToken));
    }

    /// <summary>The result and, for the message of a failing test, how each table stands.</summary>
    public static void ShouldBe(this VerifyRun run, string result) => run.Result().Should().Be(
        result, "the tables are {0}", string.Join("; ", run.Tables.Select(table =>
            $"{table.Table} {table.State} rows {table.Rows} differing {table.Differences} repaired {table.Repaired} unsettled {table.Open.Count} {table.Reason}")));

    /// <summary>Differences in words: <c>different 3: price</c>.</summary>
    public static List<string> Words(this IEnumerable<RowDifference> differences) =>
        [.. differences.Select(difference => $"{difference.Kind} {string.Join(',', difference.Key)}: {string.Join(',', difference.Columns.Select(column => column.Column))}").Order(StringComparer.Ordinal)];
}
