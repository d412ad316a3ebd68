CREATE TABLE cataloginventory_stock (
    stock_id   SMALLINT(5) UNSIGNED NOT NULL AUTO_INCREMENT,
    website_id SMALLINT(5) UNSIGNED NOT NULL,
    stock_name VARCHAR(255) DEFAULT NULL,
    PRIMARY KEY (stock_id),
    KEY CATALOGINVENTORY_STOCK_WEBSITE_ID (website_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE cataloginventory_stock_item (
    item_id                     INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    product_id                  INT(10) UNSIGNED NOT NULL DEFAULT 0,
    stock_id                    SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    qty                         DECIMAL(12,4) DEFAULT NULL,
    min_qty                     DECIMAL(12,4) NOT NULL DEFAULT 0.0000,
    use_config_min_qty          SMALLINT(5) UNSIGNED NOT NULL DEFAULT 1,
    is_qty_decimal              SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    backorders                  SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    use_config_backorders       SMALLINT(5) UNSIGNED NOT NULL DEFAULT 1,
    min_sale_qty                DECIMAL(12,4) NOT NULL DEFAULT 1.0000,
    use_config_min_sale_qty     SMALLINT(5) UNSIGNED NOT NULL DEFAULT 1,
    max_sale_qty                DECIMAL(12,4) NOT NULL DEFAULT 0.0000,
    use_config_max_sale_qty     SMALLINT(5) UNSIGNED NOT NULL DEFAULT 1,
    is_in_stock                 SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    low_stock_date              TIMESTAMP NULL DEFAULT NULL,
    notify_stock_qty            DECIMAL(12,4) DEFAULT NULL,
    use_config_notify_stock_qty SMALLINT(5) UNSIGNED NOT NULL DEFAULT 1,
    manage_stock                SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    use_config_manage_stock     SMALLINT(5) UNSIGNED NOT NULL DEFAULT 1,
    stock_status_changed_auto   SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    use_config_qty_increments   SMALLINT(5) UNSIGNED NOT NULL DEFAULT 1,
    qty_increments              DECIMAL(12,4) NOT NULL DEFAULT 0.0000,
    use_config_enable_qty_inc   SMALLINT(5) UNSIGNED NOT NULL DEFAULT 1,
    enable_qty_increments       SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    is_decimal_divided          SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    website_id                  SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (item_id),
    UNIQUE KEY CATALOGINVENTORY_STOCK_ITEM_PRODUCT_ID_STOCK_ID (product_id, stock_id),
    KEY CATALOGINVENTORY_STOCK_ITEM_WEBSITE_ID (website_id),
    KEY CATALOGINVENTORY_STOCK_ITEM_WEBSITE_ID_PRODUCT_ID (website_id, product_id),
    KEY CATALOGINVENTORY_STOCK_ITEM_STOCK_ID (stock_id),
    CONSTRAINT CATINV_STOCK_ITEM_PRD_ID_CAT_PRD_ENTT_ENTT_ID FOREIGN KEY (product_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE,
    CONSTRAINT CATINV_STOCK_ITEM_STOCK_ID_CATINV_STOCK_STOCK_ID FOREIGN KEY (stock_id) REFERENCES cataloginventory_stock (stock_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE cataloginventory_stock_status (
    product_id   INT(10) UNSIGNED NOT NULL,
    website_id   SMALLINT(5) UNSIGNED NOT NULL,
    stock_id     SMALLINT(5) UNSIGNED NOT NULL,
    qty          DECIMAL(12,4) NOT NULL DEFAULT 0.0000,
    stock_status SMALLINT(5) UNSIGNED NOT NULL,
    PRIMARY KEY (product_id, website_id, stock_id),
    KEY CATALOGINVENTORY_STOCK_STATUS_STOCK_ID (stock_id),
    KEY CATALOGINVENTORY_STOCK_STATUS_WEBSITE_ID (website_id),
    KEY CATALOGINVENTORY_STOCK_STATUS_STOCK_STATUS (stock_status)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE inventory_geoname (
    entity_id    INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    country_code VARCHAR(64) NOT NULL,
    postcode     VARCHAR(64) NOT NULL,
    city         VARCHAR(180) NOT NULL,
    region       VARCHAR(100) NOT NULL,
    province     VARCHAR(64) NOT NULL,
    latitude     DOUBLE NOT NULL,
    longitude    DOUBLE NOT NULL,
    PRIMARY KEY (entity_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE inventory_low_stock_notification_configuration (
    source_code      VARCHAR(255) NOT NULL,
    sku              VARCHAR(64) NOT NULL,
    notify_stock_qty DECIMAL(12,4) DEFAULT NULL,
    PRIMARY KEY (source_code, sku)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE inventory_order_notification (
    order_id          INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    notification_sent SMALLINT(6) NOT NULL,
    send_notification SMALLINT(6) NOT NULL,
    PRIMARY KEY (order_id),
    CONSTRAINT INVENTORY_ORDER_NOTIFICATION_ORDER_ID_SALES_ORDER_ENTITY_ID FOREIGN KEY (order_id) REFERENCES sales_order (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE inventory_pickup_location_order (
    order_id             INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    pickup_location_code VARCHAR(255) NOT NULL,
    PRIMARY KEY (order_id),
    CONSTRAINT INVENTORY_PICKUP_LOCATION_ORDER_ORDER_ID_SALES_ORDER_ENTITY_ID FOREIGN KEY (order_id) REFERENCES sales_order (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE inventory_pickup_location_quote_address (
    address_id           INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    pickup_location_code VARCHAR(255) NOT NULL,
    PRIMARY KEY (address_id),
    CONSTRAINT INV_PICKUP_LOCATION_QUOTE_ADDR_ADDR_ID_QUOTE_ADDR_ADDR_ID FOREIGN KEY (address_id) REFERENCES quote_address (address_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE inventory_reservation (
    reservation_id INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    stock_id       INT(10) UNSIGNED NOT NULL,
    sku            VARCHAR(64) NOT NULL,
    quantity       DECIMAL(10,4) NOT NULL DEFAULT 0.0000,
    metadata       VARCHAR(255) DEFAULT NULL,
    PRIMARY KEY (reservation_id),
    KEY INVENTORY_RESERVATION_STOCK_ID_SKU_QUANTITY (stock_id, sku, quantity)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE inventory_shipment_source (
    shipment_id INT(10) UNSIGNED NOT NULL,
    source_code VARCHAR(255) NOT NULL,
    PRIMARY KEY (shipment_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE inventory_source (
    source_code                VARCHAR(255) NOT NULL,
    name                       VARCHAR(255) NOT NULL,
    enabled                    SMALLINT(5) UNSIGNED NOT NULL DEFAULT 1,
    description                TEXT DEFAULT NULL,
    latitude                   DECIMAL(8,6) DEFAULT NULL,
    longitude                  DECIMAL(9,6) DEFAULT NULL,
    country_id                 VARCHAR(2) NOT NULL,
    region_id                  INT(10) UNSIGNED DEFAULT NULL,
    region                     VARCHAR(255) DEFAULT NULL,
    city                       VARCHAR(255) DEFAULT NULL,
    street                     VARCHAR(255) DEFAULT NULL,
    postcode                   VARCHAR(255) NOT NULL,
    contact_name               VARCHAR(255) DEFAULT NULL,
    email                      VARCHAR(255) DEFAULT NULL,
    phone                      VARCHAR(255) DEFAULT NULL,
    fax                        VARCHAR(255) DEFAULT NULL,
    use_default_carrier_config SMALLINT(5) UNSIGNED NOT NULL DEFAULT 1,
    is_pickup_location_active  TINYINT(1) NOT NULL DEFAULT 0,
    frontend_name              VARCHAR(255) DEFAULT '',
    frontend_description       TEXT DEFAULT NULL,
    PRIMARY KEY (source_code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE inventory_source_carrier_link (
    link_id      INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    source_code  VARCHAR(255) NOT NULL,
    carrier_code VARCHAR(255) NOT NULL,
    position     SMALLINT(5) UNSIGNED DEFAULT NULL,
    PRIMARY KEY (link_id),
    KEY INV_SOURCE_CARRIER_LNK_SOURCE_CODE_INV_SOURCE_SOURCE_CODE (source_code),
    CONSTRAINT INV_SOURCE_CARRIER_LNK_SOURCE_CODE_INV_SOURCE_SOURCE_CODE FOREIGN KEY (source_code) REFERENCES inventory_source (source_code) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE inventory_source_item (
    source_item_id INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    source_code    VARCHAR(255) NOT NULL,
    sku            VARCHAR(64) NOT NULL,
    quantity       DECIMAL(12,4) NOT NULL DEFAULT 0.0000,
    status         SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (source_item_id),
    UNIQUE KEY INVENTORY_SOURCE_ITEM_SOURCE_CODE_SKU (source_code, sku),
    KEY INVENTORY_SOURCE_ITEM_SKU_SOURCE_CODE_QUANTITY (sku, source_code, quantity),
    CONSTRAINT INVENTORY_SOURCE_ITEM_SOURCE_CODE_INVENTORY_SOURCE_SOURCE_CODE FOREIGN KEY (source_code) REFERENCES inventory_source (source_code) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE inventory_source_stock_link (
    link_id     INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    stock_id    INT(10) UNSIGNED NOT NULL,
    source_code VARCHAR(255) NOT NULL,
    priority    SMALLINT(5) UNSIGNED NOT NULL,
    PRIMARY KEY (link_id),
    UNIQUE KEY INVENTORY_SOURCE_STOCK_LINK_STOCK_ID_SOURCE_CODE (stock_id, source_code),
    KEY INV_SOURCE_STOCK_LNK_SOURCE_CODE_INV_SOURCE_SOURCE_CODE (source_code),
    KEY INVENTORY_SOURCE_STOCK_LINK_STOCK_ID_PRIORITY (stock_id, priority),
    CONSTRAINT INVENTORY_SOURCE_STOCK_LINK_STOCK_ID_INVENTORY_STOCK_STOCK_ID FOREIGN KEY (stock_id) REFERENCES inventory_stock (stock_id) ON DELETE CASCADE,
    CONSTRAINT INV_SOURCE_STOCK_LNK_SOURCE_CODE_INV_SOURCE_SOURCE_CODE FOREIGN KEY (source_code) REFERENCES inventory_source (source_code) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE inventory_stock (
    stock_id INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    name     VARCHAR(255) NOT NULL,
    PRIMARY KEY (stock_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE inventory_stock_2 (
    sku        VARCHAR(64) NOT NULL,
    quantity   DECIMAL(12,4) NOT NULL DEFAULT 0.0000,
    is_salable TINYINT(1) NOT NULL,
    PRIMARY KEY (sku),
    KEY index_sku_qty (sku, quantity)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE inventory_stock_sales_channel (
    type     VARCHAR(64) NOT NULL,
    code     VARCHAR(64) NOT NULL,
    stock_id INT(10) UNSIGNED NOT NULL,
    PRIMARY KEY (type, code),
    KEY INVENTORY_STOCK_SALES_CHANNEL_STOCK_ID_INVENTORY_STOCK_STOCK_ID (stock_id),
    CONSTRAINT INVENTORY_STOCK_SALES_CHANNEL_STOCK_ID_INVENTORY_STOCK_STOCK_ID FOREIGN KEY (stock_id) REFERENCES inventory_stock (stock_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;
