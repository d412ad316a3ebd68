using System.Runtime.CompilerServices;
using System.Text;
using MySqlConnector;
using Strangler.CdcSync.Catalog;
using Strangler.CdcSync.Changes;
using Strangler.CdcSync.Snapshot;

namespace Strangler.CdcSync.Apply;

/// <summary>Reads mirrored rows inside the transaction that is changing them, as the very values that the log would give for them.</summary>
internal static class RowLookup
{
    public const int KeysPerStatement = 1000;

    /// <summary>The wanted columns of the rows in which some columns have certain values, in the mirror's order; all other columns are absent.</summary>
    public static async Task<List<ColumnValue[]>> FindAsync(
        MySqlConnection connection, MirrorTable table, IReadOnlyList<int> wanted, IReadOnlyList<int> columns, IReadOnlyList<ColumnValue[]> values,
        CancellationToken cancellationToken)
    {
        var rows = new List<ColumnValue[]>();
        foreach (var part in values.Chunk(KeysPerStatement))
        {
            var sql = new StringBuilder("SELECT ").AppendJoin(", ", wanted.Select(column => Expression(table.Columns[column])))
                .Append(" FROM ").AppendName(table.Name).Append(" WHERE ");
            table.AppendWhere(sql, columns, part);
#pragma warning disable CA2100 // Built from quoted names and literals by SqlLiteral.
            await using var command = new MySqlCommand(sql.ToString(), connection);
#pragma warning restore CA2100
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add(Read(reader, table, wanted));
            }
        }

        return rows;
    }

    /// <summary>Each combination of values that some columns have in another table of the same columns, one after the other.</summary>
    public static async IAsyncEnumerable<ColumnValue[]> AllAsync(
        MySqlConnection connection, MirrorTable table, string name, IReadOnlyList<int> wanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Where no column is asked for, one row still says that there are rows.
        var expressions = wanted.Count == 0 ? "1" : string.Join(", ", wanted.Select(column => Expression(table.Columns[column])));
#pragma warning disable CA2100 // Built from quoted names by SqlLiteral.
        await using var command = new MySqlCommand($"SELECT DISTINCT {expressions} FROM {name}", connection);
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return Read(reader, table, wanted);
        }
    }

    private static ColumnValue[] Read(MySqlDataReader reader, MirrorTable table, IReadOnlyList<int> wanted)
    {
        var row = new ColumnValue[table.Columns.Count];
        for (var i = 0; i < wanted.Count; i++)
        {
            row[wanted[i]] = reader.IsDBNull(i) ? ColumnValue.Null : RowTextReader.Value(reader.GetFieldValue<byte[]>(i), table.Columns[wanted[i]]);
        }

        return row;
    }

    // As bytes the text of a value comes as the server has it, whatever the driver would make of it; of some types only a text is a text.
    private static string Expression(ColumnDefinition column)
    {
        var expression = RowTextReader.Expression(column);
        return column.DataType is "uuid" or "inet4" or "inet6" ? $"CAST(CONCAT({expression}) AS BINARY)" : $"CAST({expression} AS BINARY)";
    }
}
