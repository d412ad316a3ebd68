using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests.Crash;

/// <summary>The tables that the crash test writes: cascades two deep and onto themselves, text keys, tables that are truncated, swapped and altered.</summary>
internal static class CrashSchema
{
    public const string Sql =
        """
        CREATE TABLE parent (id int PRIMARY KEY, name varchar(20)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        CREATE TABLE child (id bigint unsigned AUTO_INCREMENT PRIMARY KEY, parent_id int NULL, v decimal(12,4), note text,
          FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE CASCADE) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        CREATE TABLE grandchild (code varchar(20) NOT NULL, child_id bigint unsigned NOT NULL, n int, extra varchar(40), PRIMARY KEY (code, child_id),
          FOREIGN KEY (child_id) REFERENCES child (id) ON DELETE CASCADE) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        CREATE TABLE tree (id int PRIMARY KEY, parent_id int NULL, name varchar(20), FOREIGN KEY (parent_id) REFERENCES tree (id) ON DELETE CASCADE) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        CREATE TABLE queue (id int AUTO_INCREMENT PRIMARY KEY, body varbinary(60)) ENGINE=InnoDB;
        CREATE TABLE swapped (id int PRIMARY KEY, price decimal(12,4), en enum('a','b','c'), bits bit(9)) ENGINE=InnoDB;
        CREATE TABLE swapped_replica LIKE swapped;
        CREATE TABLE shape (id int PRIMARY KEY, v varchar(30)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        CREATE TABLE big (id int AUTO_INCREMENT PRIMARY KEY, n int, body varchar(120), KEY (n)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
        CREATE TABLE marker (id int PRIMARY KEY, n bigint) ENGINE=InnoDB;
        CREATE TABLE numbers (n int PRIMARY KEY) ENGINE=InnoDB;
        INSERT INTO numbers WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 900) SELECT n FROM s;
        INSERT INTO parent SELECT n, CONCAT('parent ', n) FROM numbers WHERE n <= 200;
        INSERT INTO child (parent_id, v, note) SELECT p.n, p.n * q.n / 7, REPEAT('n', q.n % 50) FROM numbers p JOIN numbers q ON p.n <= 200 AND q.n <= 15;
        INSERT INTO grandchild SELECT CONCAT('Code', id % 300), id, id, NULL FROM child;
        INSERT INTO tree SELECT n, NULLIF(n DIV 3, 0), 'leaf' FROM numbers;
        INSERT INTO swapped SELECT n, n / 3, 1 + n % 3, n % 512 FROM numbers;
        INSERT INTO shape SELECT n, CONCAT('shape ', n) FROM numbers;
        INSERT INTO big (n, body) SELECT n, REPEAT('b', n % 100) FROM numbers;
        INSERT INTO marker VALUES (1, 0);
        """;

    public static IReadOnlyList<string> Tables { get; } = ["parent", "child", "grandchild", "tree", "queue", "swapped", "shape", "big", "marker", .. Wallets.Tables];

    public static string Subscription => TestSync.Subscribe([.. Tables]);
}
