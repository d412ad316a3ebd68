using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using MySqlConnector;

namespace Strangler.Catalog.ReadModel;

/// <summary>Reads rows of the mirror in one transaction.</summary>
internal sealed class MirrorQuery(MySqlConnection connection, MySqlTransaction transaction)
{
    public MySqlConnection Connection { get; } = connection;

    public MySqlTransaction Transaction { get; } = transaction;

    /// <summary>Runs a constant statement and hands every row to <paramref name="row"/>.</summary>
    [SuppressMessage("Security", "CA2100", Justification = "Every caller passes a constant.")]
    public async Task ReadAsync(string sql, Action<MySqlDataReader> row, CancellationToken cancellationToken)
    {
        await using var command = new MySqlCommand(sql, Connection, Transaction) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            row(reader);
        }
    }
}

/// <summary>Column values with NULL as null; numbers through their text where they are decimals.</summary>
internal static class ReaderExtensions
{
    public static string? Text(this MySqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public static int? Integer(this MySqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt32(column);

    public static bool Flag(this MySqlDataReader reader, int column) => !reader.IsDBNull(column) && reader.GetInt64(column) != 0;

    /// <summary>A decimal column as PHP's float of it.</summary>
    public static double? Number(this MySqlDataReader reader, int column) => reader.IsDBNull(column)
        ? null
        : double.Parse(reader.GetDecimal(column).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
