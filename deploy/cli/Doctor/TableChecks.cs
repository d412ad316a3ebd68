namespace Strangler.Cli.Doctor;

/// <summary>The tables that are to be mirrored: there, with a key, in one collation; and what else writes to them.</summary>
internal static class TableChecks
{
    private const int Shown = 8;

    public static async Task<IReadOnlyList<Check>> RunAsync(SourceDatabase database, IReadOnlySet<string> needed, CancellationToken cancellationToken)
    {
        var tables = (await database.RowsAsync(
            "SELECT table_name, engine, table_collation FROM information_schema.tables WHERE table_schema = @database AND table_type = 'BASE TABLE'", cancellationToken))
            .ToDictionary(row => row[0]!, row => (Engine: row[1], Collation: row[2]), StringComparer.Ordinal);
        if (tables.Count == 0)
        {
            return [Check.Fail("mysql.tables", $"`{database.Database}` has no table that this user may see", $"GRANT SELECT ON `{database.Database}`.* TO this user, or another name in --mysql")];
        }

        List<Check> checks = [Existing(database, [.. tables.Keys], needed)];
        var mirrored = needed.Where(tables.ContainsKey).ToHashSet(StringComparer.Ordinal);
        checks.Add(await KeysAsync(database, mirrored, cancellationToken));
        checks.Add(Engines(mirrored, table => tables[table].Engine));
        checks.Add(await TriggersAsync(database, mirrored, cancellationToken));
        checks.Add(await CollationsAsync(database, [.. mirrored.Select(table => tables[table].Collation).OfType<string>()], cancellationToken));
        checks.Add(await TimeZoneAsync(database, cancellationToken));
        return checks;
    }

    private static Check Existing(SourceDatabase database, HashSet<string> tables, IReadOnlySet<string> needed)
    {
        const string Name = "mysql.tables";
        var missing = needed.Where(table => !tables.Contains(table)).ToList();
        if (missing.Count == 0)
        {
            return Check.Pass(Name, $"{tables.Count} tables, all {needed.Count} that the slices need among them");
        }

        var core = tables.FirstOrDefault(table => table.EndsWith("core_config_data", StringComparison.Ordinal) && table != "core_config_data");
        return core is not null
            ? Check.Fail(Name, $"the tables of `{database.Database}` begin with '{core[..^"core_config_data".Length]}': a table prefix is not supported yet")
            : Check.Fail(Name, $"`{database.Database}` lacks {missing.Count} of the {needed.Count} tables that the slices need: {List(missing)}", "is this Magento's database? See --mysql");
    }

    private static async Task<Check> KeysAsync(SourceDatabase database, HashSet<string> mirrored, CancellationToken cancellationToken)
    {
        const string Name = "mysql.primary_keys";
        // Not table_constraints: that shows nothing to a user who may only read.
        var without = await database.ColumnAsync(
            """
            SELECT table_name FROM information_schema.tables
            WHERE table_schema = @database AND table_type = 'BASE TABLE' AND table_name NOT IN
              (SELECT table_name FROM information_schema.statistics WHERE table_schema = @database AND index_name = 'PRIMARY')
            ORDER BY table_name
            """,
            cancellationToken);
        var ours = without.Where(mirrored.Contains).ToList();
        return ours.Count > 0
            ? Check.Fail(Name, $"no primary key, so a row cannot be followed: {List(ours)}", $"ALTER TABLE `{ours[0]}` ADD PRIMARY KEY (…)")
            : without.Count > 0
                ? Check.Warn(Name, $"{without.Count} tables have none, but none of ours: {List(without)}")
                : Check.Pass(Name, "every table has one");
    }

    private static Check Engines(HashSet<string> mirrored, Func<string, string?> engine)
    {
        const string Name = "mysql.engines";
        var others = mirrored.Where(table => !string.Equals(engine(table), "InnoDB", StringComparison.OrdinalIgnoreCase)).ToList();
        return others.Count == 0
            ? Check.Pass(Name, "InnoDB")
            : Check.Warn(Name, $"without transactions: {List(others)}", $"ALTER TABLE `{others[0]}` ENGINE=InnoDB");
    }

    // Magento's own triggers fill its changelog tables; those of others may write where nobody expects it. Their writes are in the log as well.
    private static async Task<Check> TriggersAsync(SourceDatabase database, HashSet<string> mirrored, CancellationToken cancellationToken)
    {
        const string Name = "mysql.triggers";
        var triggers = await database.RowsAsync(
            "SELECT trigger_name, event_object_table, action_statement FROM information_schema.triggers WHERE trigger_schema = @database ORDER BY 2, 1", cancellationToken);
        var own = triggers.Where(row => !(row[2] ?? "").Contains("_cl`", StringComparison.Ordinal)).ToList();
        var tables = triggers.Select(row => row[1]!).Distinct().ToList();
        var ours = tables.Count(mirrored.Contains);
        if (triggers.Count == 0)
        {
            var sees = (await database.ColumnAsync("SHOW GRANTS", cancellationToken)).Any(grant => GrantCheck.GivesHere(grant, "TRIGGER", database.Database));
            return sees
                ? Check.Pass(Name, "no table has one")
                : Check.Warn(
                    Name, "this user may not see them (that takes TRIGGER, which it does not need)",
                    $"as an administrator: SELECT trigger_name, event_object_table FROM information_schema.triggers WHERE trigger_schema = '{database.Database}'");
        }

        return own.Count == 0
            ? Check.Pass(Name, $"{triggers.Count} on {tables.Count} tables ({ours} of ours), all for Magento's indexers")
            : Check.Warn(Name, $"{own.Count} of {triggers.Count} are not the indexers': {List([.. own.Select(row => $"{row[0]} on {row[1]}")])}", "see what they write: SHOW CREATE TRIGGER …");
    }

    private static async Task<Check> CollationsAsync(SourceDatabase database, IReadOnlyList<string> collations, CancellationToken cancellationToken)
    {
        const string Name = "mysql.collations";
        var standard = await database.ScalarAsync("SELECT default_collation_name FROM information_schema.schemata WHERE schema_name = @database", cancellationToken);
        var groups = collations.GroupBy(collation => collation).OrderByDescending(group => group.Count()).ToList();
        if (groups.Count <= 1)
        {
            return groups.Count == 0 || groups[0].Key.StartsWith("utf8", StringComparison.Ordinal)
                ? Check.Pass(Name, $"{groups.FirstOrDefault()?.Key ?? standard} on every table of ours")
                : Check.Warn(Name, $"{groups[0].Key}: not Unicode, so texts may have been kept wrongly");
        }

        return Check.Warn(
            Name, $"the tables differ: {string.Join(", ", groups.Select(group => $"{group.Count()} {group.Key}"))} (the database: {standard}); a key that is equal in one may differ in another",
            $"ALTER TABLE … CONVERT TO CHARACTER SET {groups[0].Key.Split('_')[0]} COLLATE {groups[0].Key}");
    }

    private static async Task<Check> TimeZoneAsync(SourceDatabase database, CancellationToken cancellationToken)
    {
        const string Name = "mysql.time_zone";
        var offset = await database.ScalarAsync("SELECT TIMESTAMPDIFF(MINUTE, UTC_TIMESTAMP(), NOW())", cancellationToken);
        var named = $"{await database.VariableAsync("time_zone", cancellationToken)} ({await database.VariableAsync("system_time_zone", cancellationToken)})";
        var loaded = await database.ScalarAsync("SELECT CONVERT_TZ('2026-01-01 00:00:00', '+00:00', 'Europe/Berlin')", cancellationToken) is not null;
        return offset == "0"
            ? Check.Pass(Name, $"UTC: {named}{(loaded ? "" : "; zone names are not loaded, which nothing here needs")}")
            : Check.Warn(
                Name, $"the server's zone is {named}, {offset} minutes from UTC. Magento sets +00:00 for itself, scripts beside it may not",
                database.IsMariaDb ? "SET GLOBAL time_zone = '+00:00'; and in my.cnf: default_time_zone='+00:00'" : "SET PERSIST time_zone = '+00:00';");
    }

    private static string List(IReadOnlyList<string> names) => $"{string.Join(", ", names.Take(Shown))}{(names.Count > Shown ? $" and {names.Count - Shown} more" : "")}";
}
