namespace Strangler.CdcSync.Snapshot;

/// <summary>How many rows the next chunk of a table should have: as many as take about the time wished for, within a bound of rows and one of bytes.</summary>
internal sealed class ChunkSize(SnapshotOptions options, int maximumRows)
{
    private const int FirstRows = 1000;
    private const int LeastRows = 10;
    private const int GrowthLimit = 4;

    public int Rows { get; private set; } = Math.Min(FirstRows, maximumRows);

    /// <summary>Learns from a chunk: its rows, their bytes, and the longer of the times that reading and writing it took.</summary>
    public void Learn(int rows, long bytes, TimeSpan took)
    {
        if (rows == 0)
        {
            return;
        }

        var byTime = rows * (options.ChunkMilliseconds / Math.Max(1, took.TotalMilliseconds));
        var byBytes = rows * (options.ChunkBytes / (double)Math.Max(1, bytes));
        var wished = Math.Min(Math.Min(byTime, byBytes), (double)Rows * GrowthLimit);
        Rows = (int)Math.Clamp(wished, Math.Min(LeastRows, maximumRows), maximumRows);
    }
}
