CREATE TABLE eav_entity_type (
    entity_type_id              SMALLINT(5) UNSIGNED NOT NULL AUTO_INCREMENT,
    entity_type_code            VARCHAR(50) NOT NULL,
    entity_model                VARCHAR(255) NOT NULL,
    attribute_model             VARCHAR(255) DEFAULT NULL,
    entity_table                VARCHAR(255) DEFAULT NULL,
    value_table_prefix          VARCHAR(255) DEFAULT NULL,
    entity_id_field             VARCHAR(255) DEFAULT NULL,
    is_data_sharing             SMALLINT(5) UNSIGNED NOT NULL DEFAULT 1,
    data_sharing_key            VARCHAR(100) DEFAULT 'default',
    default_attribute_set_id    SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    increment_model             VARCHAR(255) DEFAULT NULL,
    increment_per_store         SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    increment_pad_length        SMALLINT(5) UNSIGNED NOT NULL DEFAULT 8,
    increment_pad_char          VARCHAR(1) NOT NULL DEFAULT '0',
    additional_attribute_table  VARCHAR(255) DEFAULT NULL,
    entity_attribute_collection VARCHAR(255) DEFAULT NULL,
    PRIMARY KEY (entity_type_id),
    KEY EAV_ENTITY_TYPE_ENTITY_TYPE_CODE (entity_type_code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE eav_attribute_set (
    attribute_set_id   SMALLINT(5) UNSIGNED NOT NULL AUTO_INCREMENT,
    entity_type_id     SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    attribute_set_name VARCHAR(255) DEFAULT NULL,
    sort_order         SMALLINT(6) NOT NULL DEFAULT 0,
    PRIMARY KEY (attribute_set_id),
    UNIQUE KEY EAV_ATTRIBUTE_SET_ENTITY_TYPE_ID_ATTRIBUTE_SET_NAME (entity_type_id, attribute_set_name),
    KEY EAV_ATTRIBUTE_SET_ENTITY_TYPE_ID_SORT_ORDER (entity_type_id, sort_order),
    CONSTRAINT EAV_ATTRIBUTE_SET_ENTITY_TYPE_ID_EAV_ENTITY_TYPE_ENTITY_TYPE_ID FOREIGN KEY (entity_type_id) REFERENCES eav_entity_type (entity_type_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE eav_attribute_group (
    attribute_group_id   SMALLINT(5) UNSIGNED NOT NULL AUTO_INCREMENT,
    attribute_set_id     SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    attribute_group_name VARCHAR(255) DEFAULT NULL,
    sort_order           SMALLINT(6) NOT NULL DEFAULT 0,
    default_id           SMALLINT(5) UNSIGNED DEFAULT 0,
    attribute_group_code VARCHAR(255) NOT NULL,
    tab_group_code       VARCHAR(255) DEFAULT NULL,
    PRIMARY KEY (attribute_group_id),
    UNIQUE KEY EAV_ATTRIBUTE_GROUP_ATTRIBUTE_SET_ID_ATTRIBUTE_GROUP_CODE (attribute_set_id, attribute_group_code),
    UNIQUE KEY EAV_ATTRIBUTE_GROUP_ATTRIBUTE_SET_ID_ATTRIBUTE_GROUP_NAME (attribute_set_id, attribute_group_name),
    KEY EAV_ATTRIBUTE_GROUP_ATTRIBUTE_SET_ID_SORT_ORDER (attribute_set_id, sort_order),
    CONSTRAINT EAV_ATTR_GROUP_ATTR_SET_ID_EAV_ATTR_SET_ATTR_SET_ID FOREIGN KEY (attribute_set_id) REFERENCES eav_attribute_set (attribute_set_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE eav_attribute (
    attribute_id    SMALLINT(5) UNSIGNED NOT NULL AUTO_INCREMENT,
    entity_type_id  SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    attribute_code  VARCHAR(255) NOT NULL,
    attribute_model VARCHAR(255) DEFAULT NULL,
    backend_model   VARCHAR(255) DEFAULT NULL,
    backend_type    VARCHAR(8) NOT NULL DEFAULT 'static',
    backend_table   VARCHAR(255) DEFAULT NULL,
    frontend_model  VARCHAR(255) DEFAULT NULL,
    frontend_input  VARCHAR(50) DEFAULT NULL,
    frontend_label  VARCHAR(255) DEFAULT NULL,
    frontend_class  VARCHAR(255) DEFAULT NULL,
    source_model    VARCHAR(255) DEFAULT NULL,
    is_required     SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    is_user_defined SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    default_value   TEXT DEFAULT NULL,
    is_unique       SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    note            VARCHAR(255) DEFAULT NULL,
    PRIMARY KEY (attribute_id),
    UNIQUE KEY EAV_ATTRIBUTE_ENTITY_TYPE_ID_ATTRIBUTE_CODE (entity_type_id, attribute_code),
    KEY EAV_ATTRIBUTE_FRONTEND_INPUT_ENTITY_TYPE_ID_IS_USER_DEFINED (frontend_input, entity_type_id, is_user_defined),
    CONSTRAINT EAV_ATTRIBUTE_ENTITY_TYPE_ID_EAV_ENTITY_TYPE_ENTITY_TYPE_ID FOREIGN KEY (entity_type_id) REFERENCES eav_entity_type (entity_type_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE eav_entity_attribute (
    entity_attribute_id INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    entity_type_id      SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    attribute_set_id    SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    attribute_group_id  SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    attribute_id        SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    sort_order          SMALLINT(6) NOT NULL DEFAULT 0,
    PRIMARY KEY (entity_attribute_id),
    UNIQUE KEY EAV_ENTITY_ATTRIBUTE_ATTRIBUTE_SET_ID_ATTRIBUTE_ID (attribute_set_id, attribute_id),
    UNIQUE KEY EAV_ENTITY_ATTRIBUTE_ATTRIBUTE_GROUP_ID_ATTRIBUTE_ID (attribute_group_id, attribute_id),
    KEY EAV_ENTITY_ATTRIBUTE_ATTRIBUTE_SET_ID_SORT_ORDER (attribute_set_id, sort_order),
    KEY EAV_ENTITY_ATTRIBUTE_ATTRIBUTE_ID (attribute_id),
    CONSTRAINT EAV_ENTITY_ATTRIBUTE_ATTRIBUTE_ID_EAV_ATTRIBUTE_ATTRIBUTE_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE,
    CONSTRAINT EAV_ENTT_ATTR_ATTR_GROUP_ID_EAV_ATTR_GROUP_ATTR_GROUP_ID FOREIGN KEY (attribute_group_id) REFERENCES eav_attribute_group (attribute_group_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE eav_attribute_label (
    attribute_label_id INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    attribute_id       SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    store_id           SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    value              VARCHAR(255) DEFAULT NULL,
    PRIMARY KEY (attribute_label_id),
    KEY EAV_ATTRIBUTE_LABEL_STORE_ID (store_id),
    KEY EAV_ATTRIBUTE_LABEL_ATTRIBUTE_ID_STORE_ID (attribute_id, store_id),
    CONSTRAINT EAV_ATTRIBUTE_LABEL_ATTRIBUTE_ID_EAV_ATTRIBUTE_ATTRIBUTE_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE,
    CONSTRAINT EAV_ATTRIBUTE_LABEL_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE eav_attribute_option (
    option_id    INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    attribute_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    sort_order   SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (option_id),
    KEY EAV_ATTRIBUTE_OPTION_ATTRIBUTE_ID (attribute_id),
    CONSTRAINT EAV_ATTRIBUTE_OPTION_ATTRIBUTE_ID_EAV_ATTRIBUTE_ATTRIBUTE_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE eav_attribute_option_swatch (
    swatch_id INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    option_id INT(10) UNSIGNED NOT NULL,
    store_id  SMALLINT(5) UNSIGNED NOT NULL,
    type      SMALLINT(5) UNSIGNED NOT NULL,
    value     VARCHAR(255) DEFAULT NULL,
    PRIMARY KEY (swatch_id),
    UNIQUE KEY EAV_ATTRIBUTE_OPTION_SWATCH_STORE_ID_OPTION_ID (store_id, option_id),
    KEY EAV_ATTR_OPT_SWATCH_OPT_ID_EAV_ATTR_OPT_OPT_ID (option_id),
    KEY EAV_ATTRIBUTE_OPTION_SWATCH_SWATCH_ID (swatch_id),
    CONSTRAINT EAV_ATTRIBUTE_OPTION_SWATCH_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE,
    CONSTRAINT EAV_ATTR_OPT_SWATCH_OPT_ID_EAV_ATTR_OPT_OPT_ID FOREIGN KEY (option_id) REFERENCES eav_attribute_option (option_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE eav_attribute_option_value (
    value_id  INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    option_id INT(10) UNSIGNED NOT NULL DEFAULT 0,
    store_id  SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    value     VARCHAR(255) DEFAULT NULL,
    PRIMARY KEY (value_id),
    KEY EAV_ATTRIBUTE_OPTION_VALUE_OPTION_ID (option_id),
    KEY EAV_ATTRIBUTE_OPTION_VALUE_STORE_ID (store_id),
    CONSTRAINT EAV_ATTRIBUTE_OPTION_VALUE_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE,
    CONSTRAINT EAV_ATTR_OPT_VAL_OPT_ID_EAV_ATTR_OPT_OPT_ID FOREIGN KEY (option_id) REFERENCES eav_attribute_option (option_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE eav_entity_store (
    entity_store_id   INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    entity_type_id    SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    store_id          SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    increment_prefix  VARCHAR(20) DEFAULT NULL,
    increment_last_id VARCHAR(50) DEFAULT NULL,
    PRIMARY KEY (entity_store_id),
    KEY EAV_ENTITY_STORE_ENTITY_TYPE_ID (entity_type_id),
    KEY EAV_ENTITY_STORE_STORE_ID (store_id),
    CONSTRAINT EAV_ENTITY_STORE_ENTITY_TYPE_ID_EAV_ENTITY_TYPE_ENTITY_TYPE_ID FOREIGN KEY (entity_type_id) REFERENCES eav_entity_type (entity_type_id) ON DELETE CASCADE,
    CONSTRAINT EAV_ENTITY_STORE_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_eav_attribute (
    attribute_id                  SMALLINT(5) UNSIGNED NOT NULL,
    frontend_input_renderer       VARCHAR(255) DEFAULT NULL,
    is_global                     SMALLINT(5) UNSIGNED NOT NULL DEFAULT 1,
    is_visible                    SMALLINT(5) UNSIGNED NOT NULL DEFAULT 1,
    is_searchable                 SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    is_filterable                 SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    is_comparable                 SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    is_visible_on_front           SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    is_html_allowed_on_front      SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    is_used_for_price_rules       SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    is_filterable_in_search       SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    used_in_product_listing       SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    used_for_sort_by              SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    apply_to                      VARCHAR(255) DEFAULT NULL,
    is_visible_in_advanced_search SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    position                      INT(11) NOT NULL DEFAULT 0,
    is_wysiwyg_enabled            SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    is_used_for_promo_rules       SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    is_required_in_admin_store    SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    is_used_in_grid               SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    is_visible_in_grid            SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    is_filterable_in_grid         SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    search_weight                 FLOAT NOT NULL DEFAULT 1,
    is_pagebuilder_enabled        TINYINT(1) NOT NULL DEFAULT 0,
    additional_data               TEXT DEFAULT NULL,
    PRIMARY KEY (attribute_id),
    KEY CATALOG_EAV_ATTRIBUTE_USED_FOR_SORT_BY (used_for_sort_by),
    KEY CATALOG_EAV_ATTRIBUTE_USED_IN_PRODUCT_LISTING (used_in_product_listing),
    CONSTRAINT CATALOG_EAV_ATTRIBUTE_ATTRIBUTE_ID_EAV_ATTRIBUTE_ATTRIBUTE_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE customer_eav_attribute (
    attribute_id               SMALLINT(5) UNSIGNED NOT NULL,
    is_visible                 SMALLINT(5) UNSIGNED NOT NULL DEFAULT 1,
    input_filter               VARCHAR(255) DEFAULT NULL,
    multiline_count            SMALLINT(5) UNSIGNED NOT NULL DEFAULT 1,
    validate_rules             TEXT DEFAULT NULL,
    is_system                  SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    sort_order                 INT(10) UNSIGNED NOT NULL DEFAULT 0,
    data_model                 VARCHAR(255) DEFAULT NULL,
    is_used_in_grid            SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    is_visible_in_grid         SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    is_filterable_in_grid      SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    is_searchable_in_grid      SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    grid_filter_condition_type SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (attribute_id),
    KEY CUSTOMER_EAV_ATTRIBUTE_SORT_ORDER (sort_order),
    CONSTRAINT CUSTOMER_EAV_ATTRIBUTE_ATTRIBUTE_ID_EAV_ATTRIBUTE_ATTRIBUTE_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE customer_eav_attribute_website (
    attribute_id    SMALLINT(5) UNSIGNED NOT NULL,
    website_id      SMALLINT(5) UNSIGNED NOT NULL,
    is_visible      SMALLINT(5) UNSIGNED DEFAULT NULL,
    is_required     SMALLINT(5) UNSIGNED DEFAULT NULL,
    default_value   TEXT DEFAULT NULL,
    multiline_count SMALLINT(5) UNSIGNED DEFAULT NULL,
    PRIMARY KEY (attribute_id, website_id),
    KEY CUSTOMER_EAV_ATTRIBUTE_WEBSITE_WEBSITE_ID (website_id),
    CONSTRAINT CSTR_EAV_ATTR_WS_ATTR_ID_EAV_ATTR_ATTR_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE,
    CONSTRAINT CSTR_EAV_ATTR_WS_WS_ID_STORE_WS_WS_ID FOREIGN KEY (website_id) REFERENCES store_website (website_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE customer_form_attribute (
    form_code    VARCHAR(32) NOT NULL,
    attribute_id SMALLINT(5) UNSIGNED NOT NULL,
    PRIMARY KEY (form_code, attribute_id),
    KEY CUSTOMER_FORM_ATTRIBUTE_ATTRIBUTE_ID (attribute_id),
    CONSTRAINT CUSTOMER_FORM_ATTRIBUTE_ATTRIBUTE_ID_EAV_ATTRIBUTE_ATTRIBUTE_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;
