using System.Globalization;
using MySqlConnector;

namespace Strangler.Cli.Doctor;

/// <summary>Questions to Magento's database server, the same for MariaDB and MySQL.</summary>
internal sealed class SourceDatabase(MySqlConnection connection, string database)
{
    private Dictionary<string, string>? _variables;

    public bool IsMariaDb { get; } = connection.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);

    public string Database { get; } = database;

    /// <summary>A table of the database, quoted.</summary>
    public string Name(string table) => $"`{Database.Replace("`", "``", StringComparison.Ordinal)}`.`{table}`";

    /// <summary>A global variable, or null where the server has no such.</summary>
    public async Task<string?> VariableAsync(string name, CancellationToken cancellationToken)
    {
        _variables ??= (await RowsAsync("SHOW GLOBAL VARIABLES", cancellationToken)).ToDictionary(row => row[0] ?? "", row => row[1] ?? "", StringComparer.OrdinalIgnoreCase);
        return _variables.GetValueOrDefault(name);
    }

    public async Task<string?> ScalarAsync(string sql, CancellationToken cancellationToken) => (await RowAsync(sql, cancellationToken))?[0];

    /// <summary>The first row, or null.</summary>
    public async Task<string?[]?> RowAsync(string sql, CancellationToken cancellationToken) => await RowsAsync(sql, cancellationToken) is [var row, ..] ? row : null;

    public async Task<IReadOnlyList<string>> ColumnAsync(string sql, CancellationToken cancellationToken) =>
        [.. (await RowsAsync(sql, cancellationToken)).Select(row => row[0]).OfType<string>()];

    /// <summary>Every row as text; <c>@database</c> stands for the database's name.</summary>
    public async Task<IReadOnlyList<string?[]>> RowsAsync(string sql, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // The statements are constants of this folder; what varies is a parameter or a quoted name.
        await using var command = new MySqlCommand(sql, connection);
#pragma warning restore CA2100
        command.Parameters.AddWithValue("database", Database);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<string?[]>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var row = new string?[reader.FieldCount];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = reader.IsDBNull(i) ? null : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture);
            }

            rows.Add(row);
        }

        return rows;
    }
}
