using System.IO.Pipelines;
using MySqlConnector;

namespace Strangler.Demo.Loading;

/// <summary>
/// Streams tables into the database with LOAD DATA LOCAL, several at a time. Key and foreign-key checks are off in its
/// sessions: the rows are consistent by construction, and InnoDB then builds each empty table's indexes by sorting.
/// </summary>
internal sealed class BulkLoader(string connectionString, int parallel, LoadProgress progress)
{
    private const int SendAt = 256 * 1024;

    public async Task LoadAsync(IReadOnlyList<BulkTable> tables, CancellationToken cancellationToken)
    {
        progress.Begin(tables.Count);
        await Parallel.ForEachAsync(
            tables,
            new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken },
            async (table, token) => await LoadTableAsync(table, token));
    }

    private async Task LoadTableAsync(BulkTable table, CancellationToken cancellationToken)
    {
        await using var connection = new MySqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        // The server waits long for the next rows: on a busy machine one stream may stand still while others run.
        await using (var prepare = new MySqlCommand(
            "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', foreign_key_checks = 0, unique_checks = 0, net_read_timeout = 3600, net_write_timeout = 3600", connection))
        {
            await prepare.ExecuteNonQueryAsync(cancellationToken);
        }

        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 8 * SendAt, resumeWriterThreshold: 4 * SendAt));
        var produce = Task.Run(() => ProduceAsync(table, pipe.Writer, failed.Token), cancellationToken);
        try
        {
            var loader = new MySqlBulkLoader(connection)
            {
                Local = true,
                TableName = $"`{table.Name}`",
                CharacterSet = "utf8mb4",
                FieldTerminator = "\t",
                LineTerminator = "\n",
                EscapeCharacter = '\\',
                SourceStream = pipe.Reader.AsStream(),
                Timeout = 0,
            };
            loader.Columns.AddRange(table.Columns.Split(',', StringSplitOptions.TrimEntries).Select(column => $"`{column}`"));
            await loader.LoadAsync(cancellationToken);
        }
        catch (MySqlException fault)
        {
            await failed.CancelAsync();
            throw new InvalidOperationException($"Loading {table.Name} failed: {fault.Message}", fault);
        }

        progress.TableDone(table.Name, await produce);
    }

    private async Task<long> ProduceAsync(BulkTable table, PipeWriter output, CancellationToken cancellationToken)
    {
        Exception? fault = null;
        var rows = new RowWriter(output);
        try
        {
            foreach (var _ in table.WriteRows(rows))
            {
                if (output.UnflushedBytes >= SendAt)
                {
                    progress.RowsSent(table.Name, rows.Rows);
                    await output.FlushAsync(cancellationToken);
                }
            }
        }
#pragma warning disable CA1031 // Whatever ends the producer must end the statement that reads from it, or both hang.
        catch (Exception stopped)
#pragma warning restore CA1031
        {
            fault = stopped;
        }

        await output.CompleteAsync(fault);
        return fault is null ? rows.Rows : throw fault;
    }
}
