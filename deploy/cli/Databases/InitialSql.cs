namespace Strangler.Cli.Databases;

/// <summary>The users and databases of the private MariaDB, each user with no more than it needs. Run at every start, so it mends as well.</summary>
internal static class InitialSql
{
    /// <summary>With the demo store: Magento's database and the user that reads its changes; else only our own databases.</summary>
    public static string For(string rootPassword, bool demo)
    {
        // One statement a line: that is how the server reads this file.
        List<string> statements =
        [
            $"ALTER USER 'root'@'localhost' IDENTIFIED BY '{rootPassword}'",
            $"CREATE USER IF NOT EXISTS 'root'@'127.0.0.1' IDENTIFIED BY '{rootPassword}'",
            $"ALTER USER 'root'@'127.0.0.1' IDENTIFIED BY '{rootPassword}'",
            "GRANT ALL PRIVILEGES ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION",
            "DROP USER IF EXISTS ''@'localhost'",
            "CREATE DATABASE IF NOT EXISTS strangler_catalog CHARACTER SET utf8mb4",
            "CREATE DATABASE IF NOT EXISTS strangler_control CHARACTER SET utf8mb4",
            .. User("catalog", "ALL PRIVILEGES ON strangler_catalog.*"),
            .. User("control", "ALL PRIVILEGES ON strangler_control.*"),
        ];
        if (demo)
        {
            statements.AddRange(
            [
                "CREATE DATABASE IF NOT EXISTS magento CHARACTER SET utf8mb4",
                .. User("magento", "ALL PRIVILEGES ON magento.*"),
                .. User("cdc", "SELECT ON magento.*", "REPLICATION SLAVE, BINLOG MONITOR ON *.*"),
            ]);
        }

        return string.Concat(statements.Select(statement => $"{statement};\n"));
    }

    private static IEnumerable<string> User(string name, params string[] grants) =>
    [
        $"CREATE USER IF NOT EXISTS '{name}'@'127.0.0.1'",
        $"ALTER USER '{name}'@'127.0.0.1' IDENTIFIED BY '{name}'",
        .. grants.Select(grant => $"GRANT {grant} TO '{name}'@'127.0.0.1'"),
    ];
}
