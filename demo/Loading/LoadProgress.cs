using System.Collections.Concurrent;
using System.Globalization;

namespace Strangler.Demo.Loading;

/// <summary>Tells a person how the load goes: tables done, rows written, rows a second. Thread safe; prints at most twice a second.</summary>
internal sealed class LoadProgress(TextWriter output, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<string, long> _running = new();
    private readonly Lock _gate = new();
    private readonly long _started = time.GetTimestamp();
    private long _lastPrinted = time.GetTimestamp();
    private int _tables;
    private int _tablesDone;
    private long _rowsDone;

    public void Begin(int tables) => Interlocked.Add(ref _tables, tables);

    public void RowsSent(string table, long rows)
    {
        _running[table] = rows;
        lock (_gate)
        {
            if (time.GetElapsedTime(_lastPrinted) >= Interval)
            {
                Print_NeedsLock(table);
            }
        }
    }

    public void TableDone(string table, long rows)
    {
        lock (_gate)
        {
            _running.TryRemove(table, out _);
            _rowsDone += rows;
            _tablesDone++;
            if (time.GetElapsedTime(_lastPrinted) >= Interval || _tablesDone == _tables)
            {
                Print_NeedsLock(table);
            }
        }
    }

    public void Say(string line) => output.WriteLine(line);

    private void Print_NeedsLock(string table)
    {
        _lastPrinted = time.GetTimestamp();
        var rows = _rowsDone + _running.Values.Sum();
        var seconds = time.GetElapsedTime(_started).TotalSeconds;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {_tablesDone}/{_tables} tables, {rows:N0} rows, {rows / Math.Max(seconds, 0.001):N0} rows/s, {seconds:0} s ({table})"));
    }
}
