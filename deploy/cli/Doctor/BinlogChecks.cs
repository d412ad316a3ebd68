using System.Globalization;
using MySqlConnector;

namespace Strangler.Cli.Doctor;

/// <summary>Is the log written, complete, and kept long enough?</summary>
internal static class BinlogChecks
{
    private static readonly TimeSpan Least = TimeSpan.FromDays(1);
    private static readonly TimeSpan Good = TimeSpan.FromDays(3);

    public static async Task<IReadOnlyList<Check>> RunAsync(SourceDatabase database, CancellationToken cancellationToken)
    {
        if (!IsOn(await database.VariableAsync("log_bin", cancellationToken)))
        {
            return [Check.Fail("mysql.log_bin", "the server writes no binary log", "my.cnf: [mysqld] log_bin=mysql-bin server_id=1, then restart the server")];
        }

        List<Check> checks =
        [
            Check.Pass("mysql.log_bin", "the server writes a binary log"),
            await ValueAsync(database, "binlog_format", "ROW", Outcome.Fail, cancellationToken),
            await ValueAsync(database, "binlog_row_image", "FULL", Outcome.Fail, cancellationToken),
            await ValueAsync(database, "binlog_row_metadata", "FULL", Outcome.Warn, cancellationToken),
            await RetentionAsync(database, cancellationToken),
            await GtidAsync(database, cancellationToken),
            await FilterAsync(database, cancellationToken),
        ];
        if (await database.VariableAsync("server_id", cancellationToken) is "0")
        {
            checks.Add(Check.Fail("mysql.server_id", "server_id is 0; nobody may follow the log", "SET GLOBAL server_id = 1"));
        }

        if (await database.VariableAsync("binlog_row_value_options", cancellationToken) is { Length: > 0 } partial)
        {
            checks.Add(Check.Fail("mysql.binlog_row_value_options", $"{partial}: changes of JSON columns are logged in part", "SET PERSIST binlog_row_value_options = ''"));
        }

        return checks;
    }

    private static async Task<Check> ValueAsync(SourceDatabase database, string variable, string wanted, Outcome otherwise, CancellationToken cancellationToken)
    {
        var value = await database.VariableAsync(variable, cancellationToken);
        // PERSIST outlives a restart on MySQL; MariaDB has no such word and needs the file as well.
        var fix = database.IsMariaDb
            ? $"SET GLOBAL {variable} = '{wanted}'; and in my.cnf: {variable}={wanted} (connections that are open keep the old one)"
            : $"SET PERSIST {variable} = '{wanted}'; (connections that are open keep the old one)";
        return value switch
        {
            null when variable == "binlog_format" => Check.Pass($"mysql.{variable}", $"this server knows only {wanted}"),
            null => new Check($"mysql.{variable}", Outcome.Warn, "this server is too old to have it; column names and signs are read from its schema instead"),
            _ when value.Equals(wanted, StringComparison.OrdinalIgnoreCase) => Check.Pass($"mysql.{variable}", wanted),
            _ => new Check($"mysql.{variable}", otherwise, $"{value}, should be {wanted}", fix),
        };
    }

    private static async Task<Check> RetentionAsync(SourceDatabase database, CancellationToken cancellationToken)
    {
        const string Name = "mysql.retention";
        var seconds = Number(await database.VariableAsync("binlog_expire_logs_seconds", cancellationToken));
        var days = Number(await database.VariableAsync("expire_logs_days", cancellationToken));
        var kept = TimeSpan.FromSeconds(seconds > 0 ? seconds : days * 86400);
        var fix = database.IsMariaDb && await database.VariableAsync("binlog_expire_logs_seconds", cancellationToken) is null
            ? "SET GLOBAL expire_logs_days = 7; and in my.cnf"
            : database.IsMariaDb ? "SET GLOBAL binlog_expire_logs_seconds = 604800; and in my.cnf" : "SET PERSIST binlog_expire_logs_seconds = 604800;";
        if (kept == TimeSpan.Zero)
        {
            return Check.Pass(Name, "the log is never deleted by age; mind the disk");
        }

        var text = $"the log is kept {kept.TotalDays.ToString("0.#", CultureInfo.InvariantCulture)} days";
        return kept < Least
            ? Check.Fail(Name, $"{text}: a night without cdc-sync, and everything is copied anew", fix)
            : kept < Good ? Check.Warn(Name, $"{text}: a weekend is longer", fix) : Check.Pass(Name, text);
    }

    private static async Task<Check> GtidAsync(SourceDatabase database, CancellationToken cancellationToken)
    {
        const string Name = "mysql.gtid";
        if (database.IsMariaDb)
        {
            return Check.Pass(Name, $"MariaDB has GTIDs always; now at {Or(await database.VariableAsync("gtid_binlog_pos", cancellationToken), "the beginning")}");
        }

        var mode = await database.VariableAsync("gtid_mode", cancellationToken);
        return IsOn(mode)
            ? Check.Pass(Name, "ON")
            : Check.Warn(
                Name, $"gtid_mode is {Or(mode, "unknown")}: positions are file and offset, which another server of the same data does not share",
                "SET PERSIST enforce_gtid_consistency = WARN; … = ON; SET PERSIST gtid_mode = OFF_PERMISSIVE; … = ON_PERMISSIVE; … = ON (one step after the other)");
    }

    // A server may leave databases out of its log.
    private static async Task<Check> FilterAsync(SourceDatabase database, CancellationToken cancellationToken)
    {
        const string Name = "mysql.binlog_filter";
        foreach (var statement in (string[])["SHOW MASTER STATUS", "SHOW BINARY LOG STATUS"])
        {
            try
            {
                var row = await database.RowAsync(statement, cancellationToken);
                var (logged, left) = (Names(row, 2), Names(row, 3));
                return left.Contains(database.Database, StringComparer.OrdinalIgnoreCase) || (logged.Length > 0 && !logged.Contains(database.Database, StringComparer.OrdinalIgnoreCase))
                    ? Check.Fail(Name, $"the log leaves `{database.Database}` out", "take binlog_do_db and binlog_ignore_db out of my.cnf and restart the server")
                    : Check.Pass(Name, $"`{database.Database}` is in the log, now at {row?[0]}:{row?[1]}");
            }
            catch (MySqlException fault) when (fault.ErrorCode is MySqlErrorCode.ParseError)
            {
                // The other server's word for it.
            }
            catch (MySqlException fault)
            {
                return Check.Warn(Name, $"not to be seen: {fault.Message}");
            }
        }

        return Check.Warn(Name, "not to be seen on this server");
    }

    private static string[] Names(string?[]? row, int column) =>
        row is not null && row.Length > column ? (row[column] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];

    private static bool IsOn(string? value) => value is not null && (value == "1" || value.Equals("ON", StringComparison.OrdinalIgnoreCase));

    private static double Number(string? value) => double.TryParse(value, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static string Or(string? value, string otherwise) => string.IsNullOrEmpty(value) ? otherwise : value;
}
