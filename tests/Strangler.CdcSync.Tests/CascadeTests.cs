using Strangler.CdcSync.Tests.Support;

namespace Strangler.CdcSync.Tests;

/// <summary>What InnoDB does to children by itself must happen to the mirror too: MariaDB logs nothing of it, MySQL 9.7 logs it.</summary>
public sealed class CascadeTests(SharedServers servers)
{
    private const string Schema =
        """
        CREATE TABLE store (store_id smallint unsigned PRIMARY KEY, code varchar(32)) ENGINE=InnoDB;
        CREATE TABLE product (entity_id int unsigned PRIMARY KEY, sku varchar(64)) ENGINE=InnoDB;
        CREATE TABLE product_value (value_id int PRIMARY KEY, entity_id int unsigned NOT NULL, store_id smallint unsigned NOT NULL, value varchar(20),
          FOREIGN KEY (entity_id) REFERENCES product (entity_id) ON DELETE CASCADE ON UPDATE CASCADE, FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE) ENGINE=InnoDB;
        CREATE TABLE link (link_id int PRIMARY KEY, product_id int unsigned NOT NULL, linked_id int unsigned NULL,
          FOREIGN KEY (product_id) REFERENCES product (entity_id) ON DELETE CASCADE ON UPDATE CASCADE, FOREIGN KEY (linked_id) REFERENCES product (entity_id) ON DELETE SET NULL ON UPDATE CASCADE) ENGINE=InnoDB;
        CREATE TABLE link_value (id int PRIMARY KEY, link_id int NOT NULL, FOREIGN KEY (link_id) REFERENCES link (link_id) ON DELETE CASCADE) ENGINE=InnoDB;
        CREATE TABLE tree (id int PRIMARY KEY, parent_id int NULL, FOREIGN KEY (parent_id) REFERENCES tree (id) ON DELETE CASCADE) ENGINE=InnoDB;
        INSERT INTO store VALUES (0, 'admin'), (1, 'default'), (2, 'de');
        INSERT INTO product VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd');
        INSERT INTO product_value VALUES (1, 1, 0, 'A'), (2, 1, 1, 'A1'), (3, 2, 0, 'B'), (4, 2, 2, 'B2'), (5, 3, 0, 'C'), (6, 4, 2, 'D2');
        INSERT INTO link VALUES (1, 1, 2), (2, 2, 1), (3, 3, 4), (4, 4, 3);
        INSERT INTO link_value VALUES (1, 1), (2, 1), (3, 2), (4, 3), (5, 4);
        INSERT INTO tree VALUES (1, NULL), (2, 1), (3, 2), (4, 3), (5, NULL);
        """;

    private const string Subscription =
        """
        { "service": "catalog", "tables": [
          { "name": "store", "dirty": [ { "entity": "all" } ] }, { "name": "product", "dirty": [ { "entity": "product", "column": "entity_id" } ] },
          { "name": "product_value", "dirty": [ { "entity": "product", "column": "entity_id" } ] }, { "name": "link", "dirty": [ { "entity": "product", "column": "product_id" } ] },
          { "name": "link_value" }, { "name": "tree" } ] }
        """;

    private static readonly string[] Tables = ["store", "product", "product_value", "link", "link_value", "tree"];

    [Fact]
    public async Task Children_follow_their_parents_MariaDb()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, Subscription);
        await FollowAsync(sync);
    }

    [Fact]
    public async Task Children_follow_their_parents_MySql()
    {
        await using var sync = await TestSync.FromMySqlAsync(servers, Schema, Subscription);
        await FollowAsync(sync);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Children_follow_their_parents_into_MySql(bool fromMySql)
    {
        await using var sync = await TestSync.IntoMySqlAsync(servers, fromMySql, Schema, Subscription);
        await FollowAsync(sync);
    }

    [Fact]
    public async Task What_a_cascade_does_and_the_mirror_refuses_is_held_back()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, Subscription);
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtTargetAsync("CREATE TRIGGER refuse BEFORE UPDATE ON product_value FOR EACH ROW IF NEW.entity_id = 11 AND NEW.value_id = 2 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'; END IF");
        await sync.AtTargetAsync("CREATE TRIGGER refuse_new BEFORE INSERT ON product_value FOR EACH ROW IF NEW.entity_id = 11 AND NEW.value_id = 2 THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'; END IF");
        await sync.AtSourceAsync("UPDATE product SET entity_id = 11 WHERE entity_id = 1");
        await sync.CaughtUpAsync();
        (await TestSync.RowsAsync(sync.Target, "SELECT value_id, entity_id FROM product_value WHERE value_id < 3")).Should().Equal("1 | 11", "2 | 1");
        (await TestSync.RowsAsync(sync.Target, "SELECT table_name, row_key FROM cdc_dead_letter")).Should().Equal("product_value | [\"i2\"]");
    }

    [Fact]
    public async Task Children_follow_a_parent_that_is_not_mirrored()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, TestSync.Subscribe("product_value"));
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtSourceAsync("DELETE FROM product WHERE entity_id = 1; DELETE FROM store WHERE store_id = 2");
        await sync.CaughtUpAsync();
        await sync.ShouldMirrorAsync("product_value");
    }

    [Fact]
    public async Task Nothing_cascades_where_the_session_had_foreign_keys_off()
    {
        await using var sync = await TestSync.FromMariaDbAsync(servers, Schema, Subscription);
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtSourceAsync("SET foreign_key_checks = 0; DELETE FROM product WHERE entity_id = 1");
        await sync.CaughtUpAsync();
        await AllMirroredAsync(sync);
        (await TestSync.RowsAsync(sync.Target, "SELECT COUNT(*) FROM product_value WHERE entity_id = 1")).Should().Equal("2");
    }

    private static async Task FollowAsync(TestSync sync)
    {
        await sync.StartAsync();
        await sync.StreamingAsync();
        await sync.AtTargetAsync("DELETE FROM cdc_dirty_key");

        await sync.AtSourceAsync("DELETE FROM product WHERE entity_id = 1");
        await sync.CaughtUpAsync();
        await AllMirroredAsync(sync);
        (await TestSync.RowsAsync(sync.Target, "SELECT key_value FROM cdc_dirty_key WHERE entity = 'product' ORDER BY 1")).Should().Contain("1").And.Contain("2", "its link lost its other end");

        await sync.AtSourceAsync("DELETE FROM store WHERE store_id = 2");
        await sync.AtSourceAsync("UPDATE product SET entity_id = 33 WHERE entity_id = 3");
        await sync.AtSourceAsync("DELETE FROM tree WHERE id = 1");
        await sync.AtSourceAsync("BEGIN; INSERT INTO product VALUES (9, 'new'); INSERT INTO product_value VALUES (90, 9, 0, 'x'); INSERT INTO link VALUES (90, 33, 9); DELETE FROM product WHERE entity_id = 9; COMMIT");
        await sync.AtSourceAsync("DELETE FROM product WHERE entity_id IN (2, 4); INSERT INTO product VALUES (2, 'again'); INSERT INTO product_value VALUES (3, 2, 0, 'B again')");
        await sync.CaughtUpAsync();
        await AllMirroredAsync(sync);
    }

    private static async Task AllMirroredAsync(TestSync sync)
    {
        foreach (var table in Tables)
        {
            await sync.ShouldMirrorAsync(table);
        }
    }
}
