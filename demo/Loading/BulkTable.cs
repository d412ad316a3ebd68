namespace Strangler.Demo.Loading;

/// <summary>
/// One table to fill: its columns and a source of rows. <see cref="WriteRows"/> is called once, on its own thread, and
/// yields after each entity so that what is written can be sent on; nothing but the current entity is in memory.
/// </summary>
internal sealed record BulkTable(string Name, string Columns, Func<RowWriter, IEnumerable<int>> WriteRows)
{
    /// <summary>A small table given as its rows.</summary>
    public static BulkTable Fixed(string name, string columns, IReadOnlyCollection<object?[]> rows) => new(name, columns, writer => Write(writer, rows));

    /// <summary>A table with one or more rows for each of many things.</summary>
    public static BulkTable ForEach<T>(string name, string columns, IEnumerable<T> things, Action<RowWriter, T> write) =>
        new(name, columns, writer => Write(writer, things, write));

    private static IEnumerable<int> Write(RowWriter writer, IReadOnlyCollection<object?[]> rows)
    {
        foreach (var row in rows)
        {
            foreach (var value in row)
            {
                writer.Value(value);
            }

            writer.EndRow();
            yield return 1;
        }
    }

    private static IEnumerable<int> Write<T>(RowWriter writer, IEnumerable<T> things, Action<RowWriter, T> write)
    {
        foreach (var thing in things)
        {
            write(writer, thing);
            yield return 1;
        }
    }
}
