-- The read model of the catalog: one finished answer per product and scope, and how far it has been projected.

CREATE TABLE read_model (
  id tinyint unsigned NOT NULL,
  -- The generation requests are answered from; a full rebuild fills another one and then switches.
  generation int unsigned NOT NULL,
  -- Rises with every change of tokens, roles, store views or configuration: what callers and hosts were resolved from.
  access_version bigint unsigned NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB;

INSERT INTO read_model (id, generation, access_version) VALUES (1, 0, 0);

CREATE TABLE product_document (
  generation int unsigned NOT NULL,
  entity_id int unsigned NOT NULL,
  -- A store view has a row only where its answer differs from the admin scope's (store 0).
  store_id smallint unsigned NOT NULL,
  -- Compared as Magento's own column is: without case, without trailing spaces. Not unique.
  sku varchar(64) CHARACTER SET utf8mb3 COLLATE utf8mb3_general_ci NOT NULL,
  flags tinyint unsigned NOT NULL,
  -- tier_prices as edit mode shows them, where that differs.
  edit_tier_prices mediumblob NULL,
  body mediumblob NOT NULL,
  PRIMARY KEY (generation, entity_id, store_id),
  KEY product_document_sku (generation, sku, entity_id, store_id)
) ENGINE=InnoDB;

CREATE TABLE projection_checkpoint (
  name varchar(64) NOT NULL,
  sequence bigint NOT NULL,
  position json NULL,
  projected_at datetime(6) NOT NULL,
  PRIMARY KEY (name)
) ENGINE=InnoDB;
