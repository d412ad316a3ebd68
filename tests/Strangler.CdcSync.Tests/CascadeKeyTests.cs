using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests;

/// <summary>Keys and foreign keys change while rows go by cascade through two levels, of which neither is mirrored for a service: no ghosts.</summary>
public sealed class CascadeKeyTests(SharedServers servers)
{
    private const string Schema =
        """
        CREATE TABLE grand (id int PRIMARY KEY, code varchar(20) NOT NULL, UNIQUE KEY code (code)) ENGINE=InnoDB;
        CREATE TABLE parent (id int PRIMARY KEY, code varchar(20) NOT NULL, UNIQUE KEY code (code), CONSTRAINT by_grand FOREIGN KEY (code) REFERENCES grand (code) ON DELETE CASCADE ON UPDATE CASCADE) ENGINE=InnoDB;
        CREATE TABLE child (id int PRIMARY KEY, parent_code varchar(20) NULL, v int, CONSTRAINT by_parent FOREIGN KEY (parent_code) REFERENCES parent (code) ON DELETE CASCADE ON UPDATE CASCADE) ENGINE=InnoDB;
        INSERT INTO grand SELECT n, CONCAT('c', n) FROM (WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 60) SELECT n FROM s) AS numbers;
        INSERT INTO parent SELECT id + 100, code FROM grand;
        INSERT INTO child SELECT id + 1000, code, 1 FROM grand;
        INSERT INTO child SELECT id + 2000, code, 2 FROM grand;
        """;

    // Of the two upper tables none is mirrored for a service.
    private const string Subscription = """{ "service": "catalog", "tables": [ { "name": "child" } ] }""";

    private static readonly string[] Tables = ["child"];

    private static readonly string[] Steps =
    [
        "UPDATE grand SET code = 'd1' WHERE id = 1; DELETE FROM grand WHERE id = 2; INSERT INTO child VALUES (1, 'd1', 3)",
        "SET foreign_key_checks = 0; ALTER TABLE parent DROP PRIMARY KEY, ADD PRIMARY KEY (id, code); SET foreign_key_checks = 1",
        "DELETE FROM grand WHERE id = 3; UPDATE grand SET code = 'd4' WHERE id = 4; UPDATE parent SET id = 999 WHERE id = 105; DELETE FROM parent WHERE id = 106",
        "SET foreign_key_checks = 0; ALTER TABLE parent ADD COLUMN serial bigint NOT NULL AUTO_INCREMENT, DROP PRIMARY KEY, ADD PRIMARY KEY (serial); SET foreign_key_checks = 1; DELETE FROM grand WHERE id IN (7, 8); DELETE FROM parent WHERE id = 109",
        "SET foreign_key_checks = 0; ALTER TABLE child DROP FOREIGN KEY by_parent; ALTER TABLE parent DROP FOREIGN KEY by_grand; ALTER TABLE parent MODIFY code varchar(40) NOT NULL; "
            + "ALTER TABLE parent ADD CONSTRAINT by_grand FOREIGN KEY (code) REFERENCES grand (code) ON DELETE CASCADE ON UPDATE CASCADE; ALTER TABLE child ADD CONSTRAINT by_parent FOREIGN KEY (parent_code) REFERENCES parent (code) ON DELETE CASCADE ON UPDATE CASCADE; SET foreign_key_checks = 1; UPDATE grand SET code = 'e10' WHERE id = 10; DELETE FROM grand WHERE id = 11",
        "SET foreign_key_checks = 0; ALTER TABLE grand DROP PRIMARY KEY, ADD PRIMARY KEY (code, id); SET foreign_key_checks = 1; DELETE FROM grand WHERE id BETWEEN 12 AND 20; UPDATE grand SET code = CONCAT('f', id) WHERE id BETWEEN 21 AND 25",
        "SET foreign_key_checks = 0; ALTER TABLE child DROP PRIMARY KEY, ADD PRIMARY KEY (v, id); SET foreign_key_checks = 1; DELETE FROM grand WHERE id BETWEEN 26 AND 30; INSERT INTO child VALUES (2, 'f21', 4)",
        "SET foreign_key_checks = 0; ALTER TABLE child DROP FOREIGN KEY by_parent; SET foreign_key_checks = 1; SET foreign_key_checks = 0; ALTER TABLE child ADD CONSTRAINT second FOREIGN KEY (parent_code) REFERENCES parent (code) ON DELETE SET NULL ON UPDATE CASCADE; SET foreign_key_checks = 1; DELETE FROM grand WHERE id BETWEEN 31 AND 35",
        "UPDATE grand SET code = CONCAT('g', id) WHERE id BETWEEN 36 AND 40; DELETE FROM grand WHERE id = 36; DELETE FROM parent WHERE id = 137",
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Children_follow_a_parent_whose_key_is_another_from_now_on(bool fromMySql)
    {
        await using var sync = fromMySql ? await TestSync.FromMySqlAsync(servers, Schema, Subscription) : await TestSync.FromMariaDbAsync(servers, Schema, Subscription);
        await sync.StartAsync();
        await sync.StreamingAsync();
        // Children are written and go between the steps, and right behind each.
        foreach (var step in Steps)
        {
            await sync.AtSourceAsync(step);
        }

        await sync.CaughtUpAsync();
        foreach (var table in Tables)
        {
            await sync.ShouldMirrorAsync(table);
        }
    }
}
