using System.Text;
using Dapper;
using MySqlConnector;
using Strangler.CdcSync.Catalog;

namespace Strangler.CdcSync.Apply;

/// <summary>What a target server can hold, and how a source's column is declared there.</summary>
internal sealed class TargetFlavor(bool isMariaDb, bool hasVectors, IReadOnlySet<string> collations)
{
    public static async Task<TargetFlavor> ReadAsync(MySqlConnection connection, CancellationToken cancellationToken)
    {
        // MariaDB lists its newer collations without their character set, and says the full name beside.
        var isMariaDb = connection.ServerVersion.Contains("MariaDB", StringComparison.OrdinalIgnoreCase);
        var names = await connection.QueryAsync<string>(new CommandDefinition(
            "SELECT COLLATION_NAME FROM information_schema.COLLATIONS", cancellationToken: cancellationToken));
        var known = names.ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (isMariaDb)
        {
            known.UnionWith(known.Where(name => name.StartsWith("uca1400_", StringComparison.OrdinalIgnoreCase))
                .SelectMany(name => new[] { "utf8mb3_" + name, "utf8mb4_" + name }).ToList());
        }

        var version = Version.TryParse(connection.ServerVersion.Split('-')[0], out var parsed) ? parsed : new Version(0, 0);
        return new TargetFlavor(isMariaDb, version >= (isMariaDb ? new Version(11, 7) : new Version(9, 0)), known);
    }

    /// <summary>The column as the mirror declares it: its type, character set and NULL, no computed value, no auto-increment.</summary>
    public string Declare(ColumnDefinition column)
    {
        var sql = new StringBuilder().AppendName(column.Name).Append(' ').Append(Type(column));
        if (column.CharacterSet is not null && column.DataType != "json" && column.Collation is not null)
        {
            sql.Append(" CHARACTER SET ").Append(column.CharacterSet).Append(" COLLATE ").Append(Collation(column.Collation));
        }

        sql.Append(column.IsNullable ? " NULL" : " NOT NULL");
        if (column.Default is not null)
        {
            sql.Append(" DEFAULT ").Append(column.Default);
        }
        else if (column is { DataType: "timestamp", IsNullable: false })
        {
            // Without a default some servers would write the clock into it.
            sql.Append(" DEFAULT '0000-00-00 00:00:00'");
        }

        return sql.ToString();
    }

    /// <summary>Whether the target sorts this column as the source does; else ranges of keys are not the same rows on both sides.</summary>
    public bool SortsAlike(ColumnDefinition column) => column.Collation is null || string.Equals(Collation(column.Collation), column.Collation, StringComparison.OrdinalIgnoreCase);

    private string Type(ColumnDefinition column) => column.DataType switch
    {
        "json" when isMariaDb => "longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
        "vector" when !hasVectors => "longblob",
        "geomcollection" when isMariaDb => "geometrycollection",
        "geometrycollection" when !isMariaDb => "geomcollection",
        "inet4" when !isMariaDb => "varbinary(4)",
        "inet6" or "uuid" when !isMariaDb => "varbinary(16)",
        _ => column.ColumnType.Replace("/*M!100301 COMPRESSED*/", "", StringComparison.OrdinalIgnoreCase).Trim(),
    };

    private string Collation(string wanted)
    {
        if (collations.Contains(wanted))
        {
            return wanted;
        }

        var set = wanted[..wanted.IndexOf('_')];
        var sensitive = wanted.EndsWith("_as_cs", StringComparison.OrdinalIgnoreCase);
        string[] candidates = wanted.EndsWith("_bin", StringComparison.OrdinalIgnoreCase)
            ? [$"{set}_nopad_bin", $"{set}_bin"]
            : sensitive
                ? [$"{set}_uca1400_nopad_as_cs", $"{set}_0900_as_cs", $"{set}_bin"]
                : [$"{set}_uca1400_nopad_ai_ci", $"{set}_0900_ai_ci", $"{set}_unicode_520_nopad_ci", $"{set}_unicode_520_ci", $"{set}_general_ci"];
        return candidates.FirstOrDefault(collations.Contains) ?? throw new NotSupportedException($"The target server knows neither the collation {wanted} nor one like it.");
    }
}
