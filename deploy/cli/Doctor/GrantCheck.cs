using System.Text.RegularExpressions;

namespace Strangler.Cli.Doctor;

/// <summary>May the user read the tables and follow the log, and no more?</summary>
internal static partial class GrantCheck
{
    private const string Name = "mysql.grants";
    private static readonly string[] Writing = ["ALL PRIVILEGES", "INSERT", "UPDATE", "DELETE", "DROP", "ALTER", "CREATE", "SUPER"];

    public static async Task<Check> RunAsync(SourceDatabase database, CancellationToken cancellationToken)
    {
        var account = await database.ScalarAsync("SELECT CURRENT_USER()", cancellationToken) ?? "";
        // Read from the right: a user's name may have an @, a host's may not.
        var at = account.LastIndexOf('@');
        var quoted = at < 0 ? $"'{account}'" : $"'{account[..at]}'@'{account[(at + 1)..]}'";
        return Judge(await database.ColumnAsync("SHOW GRANTS", cancellationToken), database.IsMariaDb, database.Database, quoted);
    }

    /// <summary>Judges the lines of <c>SHOW GRANTS</c>.</summary>
    internal static Check Judge(IReadOnlyList<string> lines, bool mariaDb, string database, string account)
    {
        var grants = lines.Select(line => Grant().Match(line)).Where(match => match.Success)
            .Select(match => (
                Privileges: match.Groups["privileges"].Value.Split(',').Select(privilege => ColumnList().Replace(privilege, "").Trim().ToUpperInvariant()).ToList(),
                Scope: match.Groups["scope"].Value)).ToList();
        var global = grants.Where(grant => grant.Scope == "*.*").SelectMany(grant => grant.Privileges).ToHashSet();
        var here = grants.Where(grant => Covers(grant.Scope, database)).SelectMany(grant => grant.Privileges).Concat(global).ToHashSet();
        var monitor = mariaDb ? "BINLOG MONITOR" : "REPLICATION CLIENT";
        var missing = new List<string>();
        if (!Has(global, "REPLICATION SLAVE") && !Has(global, "REPLICATION REPLICA"))
        {
            missing.Add($"GRANT REPLICATION SLAVE ON *.* TO {account};");
        }

        if (!Has(global, monitor) && !Has(global, "REPLICATION CLIENT"))
        {
            missing.Add($"GRANT {monitor} ON *.* TO {account};");
        }

        if (!Has(here, "SELECT"))
        {
            missing.Add($"GRANT SELECT ON `{database}`.* TO {account};");
        }

        // A role's privileges are not in these lines; a missing one may come from there.
        var roles = lines.Any(line => line.StartsWith("GRANT ", StringComparison.OrdinalIgnoreCase) && !line.Contains(" ON ", StringComparison.OrdinalIgnoreCase));
        if (missing.Count > 0)
        {
            return roles
                ? Check.Warn(Name, $"{account} has roles; whether they give what is missing here was not looked at", string.Join(" ", missing))
                : Check.Fail(Name, $"{account} lacks {string.Join(", ", missing.Select(statement => statement.Split(" ON ")[0]["GRANT ".Length..]))}", string.Join(" ", missing));
        }

        var more = Writing.Where(here.Contains).ToList();
        return more.Count == 0
            ? Check.Pass(Name, $"{account} may read `{database}` and its log, and write nothing")
            : Check.Warn(
                Name, $"{account} may do more than is needed: {string.Join(", ", more)}",
                $"a user of its own: GRANT SELECT ON `{database}`.* TO 'strangler'@'%'; GRANT REPLICATION SLAVE, {monitor} ON *.* TO 'strangler'@'%';");
    }

    /// <summary>Whether one line of <c>SHOW GRANTS</c> gives a privilege on the database.</summary>
    internal static bool GivesHere(string line, string privilege, string database) =>
        Grant().Match(line) is { Success: true } match
        && (match.Groups["scope"].Value == "*.*" || Covers(match.Groups["scope"].Value, database))
        && Has([.. match.Groups["privileges"].Value.Split(',').Select(name => ColumnList().Replace(name, "").Trim().ToUpperInvariant())], privilege);

    private static bool Has(HashSet<string> privileges, string privilege) => privileges.Contains(privilege) || privileges.Contains("ALL PRIVILEGES") || privileges.Contains("ALL");

    // The scope of a whole database, where _ and % are wildcards unless escaped.
    private static bool Covers(string scope, string database)
    {
        if (!scope.EndsWith(".*", StringComparison.Ordinal) || scope == "*.*")
        {
            return false;
        }

        var name = scope[..^2].Trim('`', '"').Replace("``", "`", StringComparison.Ordinal);
        var pattern = Regex.Escape(name).Replace(@"\\_", "\u0001", StringComparison.Ordinal).Replace(@"\\%", "\u0002", StringComparison.Ordinal)
            .Replace("_", ".", StringComparison.Ordinal).Replace("%", ".*", StringComparison.Ordinal)
            .Replace("\u0001", "_", StringComparison.Ordinal).Replace("\u0002", "%", StringComparison.Ordinal);
        return Regex.IsMatch(database, $"^{pattern}$", RegexOptions.Singleline);
    }

    [GeneratedRegex(@"^GRANT (?<privileges>.+?) ON (?<scope>\S+) TO ", RegexOptions.IgnoreCase)]
    private static partial Regex Grant();

    [GeneratedRegex(@"\(.*?\)")]
    private static partial Regex ColumnList();
}
