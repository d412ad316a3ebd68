CREATE TABLE store_website (
    website_id       SMALLINT(5) UNSIGNED NOT NULL AUTO_INCREMENT,
    code             VARCHAR(32) DEFAULT NULL,
    name             VARCHAR(64) DEFAULT NULL,
    sort_order       SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    default_group_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    is_default       SMALLINT(5) UNSIGNED DEFAULT 0,
    PRIMARY KEY (website_id),
    UNIQUE KEY STORE_WEBSITE_CODE (code),
    KEY STORE_WEBSITE_SORT_ORDER (sort_order),
    KEY STORE_WEBSITE_DEFAULT_GROUP_ID (default_group_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE store_group (
    group_id         SMALLINT(5) UNSIGNED NOT NULL AUTO_INCREMENT,
    website_id       SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    name             VARCHAR(255) NOT NULL,
    root_category_id INT(10) UNSIGNED NOT NULL DEFAULT 0,
    default_store_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    code             VARCHAR(32) DEFAULT NULL,
    PRIMARY KEY (group_id),
    UNIQUE KEY STORE_GROUP_CODE (code),
    KEY STORE_GROUP_WEBSITE_ID (website_id),
    KEY STORE_GROUP_DEFAULT_STORE_ID (default_store_id),
    CONSTRAINT STORE_GROUP_WEBSITE_ID_STORE_WEBSITE_WEBSITE_ID FOREIGN KEY (website_id) REFERENCES store_website (website_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE store (
    store_id   SMALLINT(5) UNSIGNED NOT NULL AUTO_INCREMENT,
    code       VARCHAR(32) DEFAULT NULL,
    website_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    group_id   SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    name       VARCHAR(255) NOT NULL,
    sort_order SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    is_active  SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (store_id),
    UNIQUE KEY STORE_CODE (code),
    KEY STORE_WEBSITE_ID (website_id),
    KEY STORE_IS_ACTIVE_SORT_ORDER (is_active, sort_order),
    KEY STORE_GROUP_ID (group_id),
    CONSTRAINT STORE_GROUP_ID_STORE_GROUP_GROUP_ID FOREIGN KEY (group_id) REFERENCES store_group (group_id) ON DELETE CASCADE,
    CONSTRAINT STORE_WEBSITE_ID_STORE_WEBSITE_WEBSITE_ID FOREIGN KEY (website_id) REFERENCES store_website (website_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE core_config_data (
    config_id  INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    scope      VARCHAR(8) NOT NULL DEFAULT 'default',
    scope_id   INT(11) NOT NULL DEFAULT 0,
    path       VARCHAR(255) NOT NULL DEFAULT 'general',
    value      TEXT DEFAULT NULL,
    updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    PRIMARY KEY (config_id),
    UNIQUE KEY CORE_CONFIG_DATA_SCOPE_SCOPE_ID_PATH (scope, scope_id, path)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE theme (
    theme_id      INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    parent_id     INT(11) DEFAULT NULL,
    theme_path    VARCHAR(255) DEFAULT NULL,
    theme_title   VARCHAR(255) NOT NULL,
    preview_image VARCHAR(255) DEFAULT NULL,
    is_featured   TINYINT(1) NOT NULL DEFAULT 0,
    area          VARCHAR(255) NOT NULL,
    type          SMALLINT(6) NOT NULL,
    code          TEXT DEFAULT NULL,
    PRIMARY KEY (theme_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE setup_module (
    module         VARCHAR(50) NOT NULL,
    schema_version VARCHAR(50) DEFAULT NULL,
    data_version   VARCHAR(50) DEFAULT NULL,
    PRIMARY KEY (module)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE flag (
    flag_id     INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    flag_code   VARCHAR(255) NOT NULL,
    state       SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    flag_data   MEDIUMTEXT DEFAULT NULL,
    last_update TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    PRIMARY KEY (flag_id),
    KEY FLAG_LAST_UPDATE (last_update)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE directory_country (
    country_id VARCHAR(2) NOT NULL,
    iso2_code  VARCHAR(2) DEFAULT NULL,
    iso3_code  VARCHAR(3) DEFAULT NULL,
    PRIMARY KEY (country_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE directory_country_region (
    region_id    INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    country_id   VARCHAR(4) NOT NULL DEFAULT '0',
    code         VARCHAR(32) DEFAULT NULL,
    default_name VARCHAR(255) DEFAULT NULL,
    PRIMARY KEY (region_id),
    KEY DIRECTORY_COUNTRY_REGION_COUNTRY_ID (country_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE directory_country_region_name (
    locale    VARCHAR(16) NOT NULL,
    region_id INT(10) UNSIGNED NOT NULL DEFAULT 0,
    name      VARCHAR(255) DEFAULT NULL,
    PRIMARY KEY (locale, region_id),
    KEY DIRECTORY_COUNTRY_REGION_NAME_REGION_ID (region_id),
    CONSTRAINT DIR_COUNTRY_REGION_NAME_REGION_ID_DIR_COUNTRY_REGION_REGION_ID FOREIGN KEY (region_id) REFERENCES directory_country_region (region_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE directory_currency_rate (
    currency_from VARCHAR(3) NOT NULL,
    currency_to   VARCHAR(3) NOT NULL,
    rate          DECIMAL(24,12) NOT NULL DEFAULT 0.000000000000,
    PRIMARY KEY (currency_from, currency_to),
    KEY DIRECTORY_CURRENCY_RATE_CURRENCY_TO (currency_to)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE customer_group (
    customer_group_id   INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    customer_group_code VARCHAR(32) NOT NULL,
    tax_class_id        INT(10) UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (customer_group_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE customer_group_excluded_website (
    entity_id         INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    customer_group_id INT(10) UNSIGNED NOT NULL,
    website_id        SMALLINT(5) UNSIGNED NOT NULL,
    PRIMARY KEY (entity_id),
    KEY CUSTOMER_GROUP_EXCLUDED_WEBSITE_CUSTOMER_GROUP_ID_WEBSITE_ID (customer_group_id, website_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE tax_class (
    class_id   SMALLINT(6) NOT NULL AUTO_INCREMENT,
    class_name VARCHAR(255) NOT NULL,
    class_type VARCHAR(8) NOT NULL DEFAULT 'CUSTOMER',
    PRIMARY KEY (class_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE tax_calculation_rate (
    tax_calculation_rate_id INT(11) NOT NULL AUTO_INCREMENT,
    tax_country_id          VARCHAR(2) NOT NULL,
    tax_region_id           INT(11) NOT NULL,
    tax_postcode            VARCHAR(21) DEFAULT NULL,
    code                    VARCHAR(255) NOT NULL,
    rate                    DECIMAL(12,4) NOT NULL,
    zip_is_range            SMALLINT(6) DEFAULT NULL,
    zip_from                INT(10) UNSIGNED DEFAULT NULL,
    zip_to                  INT(10) UNSIGNED DEFAULT NULL,
    PRIMARY KEY (tax_calculation_rate_id),
    KEY TAX_CALCULATION_RATE_TAX_COUNTRY_ID_TAX_REGION_ID_TAX_POSTCODE (tax_country_id, tax_region_id, tax_postcode),
    KEY TAX_CALCULATION_RATE_CODE (code),
    KEY IDX_CA799F1E2CB843495F601E56C84A626D (tax_calculation_rate_id, tax_country_id, tax_region_id, zip_is_range, tax_postcode)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE tax_calculation_rate_title (
    tax_calculation_rate_title_id INT(11) NOT NULL AUTO_INCREMENT,
    tax_calculation_rate_id       INT(11) NOT NULL,
    store_id                      SMALLINT(5) UNSIGNED NOT NULL,
    value                         VARCHAR(255) NOT NULL,
    PRIMARY KEY (tax_calculation_rate_title_id),
    KEY TAX_CALCULATION_RATE_TITLE_TAX_CALCULATION_RATE_ID_STORE_ID (tax_calculation_rate_id, store_id),
    KEY TAX_CALCULATION_RATE_TITLE_STORE_ID (store_id),
    CONSTRAINT FK_37FB965F786AD5897BB3AE90470C42AB FOREIGN KEY (tax_calculation_rate_id) REFERENCES tax_calculation_rate (tax_calculation_rate_id) ON DELETE CASCADE,
    CONSTRAINT TAX_CALCULATION_RATE_TITLE_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE tax_calculation_rule (
    tax_calculation_rule_id INT(11) NOT NULL AUTO_INCREMENT,
    code                    VARCHAR(255) NOT NULL,
    priority                INT(11) NOT NULL,
    position                INT(11) NOT NULL,
    calculate_subtotal      INT(11) NOT NULL,
    PRIMARY KEY (tax_calculation_rule_id),
    KEY TAX_CALCULATION_RULE_PRIORITY_POSITION (priority, position),
    KEY TAX_CALCULATION_RULE_CODE (code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE tax_calculation (
    tax_calculation_id      INT(11) NOT NULL AUTO_INCREMENT,
    tax_calculation_rate_id INT(11) NOT NULL,
    tax_calculation_rule_id INT(11) NOT NULL,
    customer_tax_class_id   SMALLINT(6) NOT NULL,
    product_tax_class_id    SMALLINT(6) NOT NULL,
    PRIMARY KEY (tax_calculation_id),
    KEY TAX_CALCULATION_TAX_CALCULATION_RULE_ID (tax_calculation_rule_id),
    KEY TAX_CALCULATION_CUSTOMER_TAX_CLASS_ID (customer_tax_class_id),
    KEY TAX_CALCULATION_PRODUCT_TAX_CLASS_ID (product_tax_class_id),
    KEY TAX_CALC_TAX_CALC_RATE_ID_CSTR_TAX_CLASS_ID_PRD_TAX_CLASS_ID (tax_calculation_rate_id, customer_tax_class_id, product_tax_class_id),
    CONSTRAINT TAX_CALCULATION_CUSTOMER_TAX_CLASS_ID_TAX_CLASS_CLASS_ID FOREIGN KEY (customer_tax_class_id) REFERENCES tax_class (class_id) ON DELETE CASCADE,
    CONSTRAINT TAX_CALCULATION_PRODUCT_TAX_CLASS_ID_TAX_CLASS_CLASS_ID FOREIGN KEY (product_tax_class_id) REFERENCES tax_class (class_id) ON DELETE CASCADE,
    CONSTRAINT TAX_CALC_TAX_CALC_RATE_ID_TAX_CALC_RATE_TAX_CALC_RATE_ID FOREIGN KEY (tax_calculation_rate_id) REFERENCES tax_calculation_rate (tax_calculation_rate_id) ON DELETE CASCADE,
    CONSTRAINT TAX_CALC_TAX_CALC_RULE_ID_TAX_CALC_RULE_TAX_CALC_RULE_ID FOREIGN KEY (tax_calculation_rule_id) REFERENCES tax_calculation_rule (tax_calculation_rule_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE indexer_state (
    state_id    INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    indexer_id  VARCHAR(255) DEFAULT NULL,
    status      VARCHAR(16) DEFAULT 'invalid',
    updated     DATETIME DEFAULT NULL,
    hash_config VARCHAR(32) NOT NULL,
    PRIMARY KEY (state_id),
    KEY INDEXER_STATE_INDEXER_ID (indexer_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE mview_state (
    state_id   INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    view_id    VARCHAR(255) DEFAULT NULL,
    mode       VARCHAR(16) DEFAULT 'disabled',
    status     VARCHAR(16) DEFAULT 'idle',
    updated    DATETIME DEFAULT NULL,
    version_id INT(10) UNSIGNED DEFAULT NULL,
    PRIMARY KEY (state_id),
    KEY MVIEW_STATE_VIEW_ID (view_id),
    KEY MVIEW_STATE_MODE (mode)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE sequence_creditmemo_0 (
    sequence_value INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (sequence_value)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE sequence_creditmemo_1 (
    sequence_value INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (sequence_value)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE sequence_creditmemo_2 (
    sequence_value INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (sequence_value)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE sequence_creditmemo_3 (
    sequence_value INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (sequence_value)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE sequence_invoice_0 (
    sequence_value INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (sequence_value)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE sequence_invoice_1 (
    sequence_value INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (sequence_value)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE sequence_invoice_2 (
    sequence_value INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (sequence_value)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE sequence_invoice_3 (
    sequence_value INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (sequence_value)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE sequence_order_0 (
    sequence_value INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (sequence_value)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE sequence_order_1 (
    sequence_value INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (sequence_value)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE sequence_order_2 (
    sequence_value INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (sequence_value)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE sequence_order_3 (
    sequence_value INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (sequence_value)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE sequence_shipment_0 (
    sequence_value INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (sequence_value)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE sequence_shipment_1 (
    sequence_value INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (sequence_value)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE sequence_shipment_2 (
    sequence_value INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (sequence_value)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;

CREATE TABLE sequence_shipment_3 (
    sequence_value INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (sequence_value)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
