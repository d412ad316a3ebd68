CREATE TABLE catalog_product_entity (
    entity_id        INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    attribute_set_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    type_id          VARCHAR(32) NOT NULL DEFAULT 'simple',
    sku              VARCHAR(64) NOT NULL,
    has_options      SMALLINT(6) NOT NULL DEFAULT 0,
    required_options SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    created_at       TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at       TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    PRIMARY KEY (entity_id),
    KEY CATALOG_PRODUCT_ENTITY_ATTRIBUTE_SET_ID (attribute_set_id),
    KEY CATALOG_PRODUCT_ENTITY_SKU (sku)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_entity_datetime (
    value_id     INT(11) NOT NULL AUTO_INCREMENT,
    attribute_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    store_id     SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    entity_id    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    value        DATETIME DEFAULT NULL,
    PRIMARY KEY (value_id),
    UNIQUE KEY CATALOG_PRODUCT_ENTITY_DATETIME_ENTITY_ID_ATTRIBUTE_ID_STORE_ID (entity_id, attribute_id, store_id),
    KEY CATALOG_PRODUCT_ENTITY_DATETIME_ATTRIBUTE_ID (attribute_id),
    KEY CATALOG_PRODUCT_ENTITY_DATETIME_STORE_ID (store_id),
    CONSTRAINT CATALOG_PRODUCT_ENTITY_DATETIME_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_ENTT_DTIME_ATTR_ID_EAV_ATTR_ATTR_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_ENTT_DTIME_ENTT_ID_CAT_PRD_ENTT_ENTT_ID FOREIGN KEY (entity_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_entity_decimal (
    value_id     INT(11) NOT NULL AUTO_INCREMENT,
    attribute_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    store_id     SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    entity_id    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    value        DECIMAL(20,6) DEFAULT NULL,
    PRIMARY KEY (value_id),
    UNIQUE KEY CATALOG_PRODUCT_ENTITY_DECIMAL_ENTITY_ID_ATTRIBUTE_ID_STORE_ID (entity_id, attribute_id, store_id),
    KEY CATALOG_PRODUCT_ENTITY_DECIMAL_STORE_ID (store_id),
    KEY CATALOG_PRODUCT_ENTITY_DECIMAL_ATTRIBUTE_ID (attribute_id),
    CONSTRAINT CATALOG_PRODUCT_ENTITY_DECIMAL_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_ENTT_DEC_ATTR_ID_EAV_ATTR_ATTR_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_ENTT_DEC_ENTT_ID_CAT_PRD_ENTT_ENTT_ID FOREIGN KEY (entity_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_entity_gallery (
    value_id     INT(11) NOT NULL AUTO_INCREMENT,
    attribute_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    store_id     SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    entity_id    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    position     INT(11) NOT NULL DEFAULT 0,
    value        VARCHAR(255) DEFAULT NULL,
    PRIMARY KEY (value_id),
    UNIQUE KEY CATALOG_PRODUCT_ENTITY_GALLERY_ENTITY_ID_ATTRIBUTE_ID_STORE_ID (entity_id, attribute_id, store_id),
    KEY CATALOG_PRODUCT_ENTITY_GALLERY_ENTITY_ID (entity_id),
    KEY CATALOG_PRODUCT_ENTITY_GALLERY_ATTRIBUTE_ID (attribute_id),
    KEY CATALOG_PRODUCT_ENTITY_GALLERY_STORE_ID (store_id),
    CONSTRAINT CATALOG_PRODUCT_ENTITY_GALLERY_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_ENTT_GLR_ATTR_ID_EAV_ATTR_ATTR_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_ENTT_GLR_ENTT_ID_CAT_PRD_ENTT_ENTT_ID FOREIGN KEY (entity_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_entity_int (
    value_id     INT(11) NOT NULL AUTO_INCREMENT,
    attribute_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    store_id     SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    entity_id    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    value        INT(11) DEFAULT NULL,
    PRIMARY KEY (value_id),
    UNIQUE KEY CATALOG_PRODUCT_ENTITY_INT_ENTITY_ID_ATTRIBUTE_ID_STORE_ID (entity_id, attribute_id, store_id),
    KEY CATALOG_PRODUCT_ENTITY_INT_ATTRIBUTE_ID (attribute_id),
    KEY CATALOG_PRODUCT_ENTITY_INT_STORE_ID (store_id),
    KEY CATALOG_PRODUCT_ENTITY_INT_ATTRIBUTE_ID_STORE_ID_VALUE (attribute_id, store_id, value),
    CONSTRAINT CATALOG_PRODUCT_ENTITY_INT_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_ENTT_INT_ATTR_ID_EAV_ATTR_ATTR_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_ENTT_INT_ENTT_ID_CAT_PRD_ENTT_ENTT_ID FOREIGN KEY (entity_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_entity_media_gallery (
    value_id     INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    attribute_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    value        VARCHAR(255) DEFAULT NULL,
    media_type   VARCHAR(32) NOT NULL DEFAULT 'image',
    disabled     SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (value_id),
    KEY CATALOG_PRODUCT_ENTITY_MEDIA_GALLERY_ATTRIBUTE_ID (attribute_id),
    CONSTRAINT CAT_PRD_ENTT_MDA_GLR_ATTR_ID_EAV_ATTR_ATTR_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_entity_media_gallery_value (
    value_id  INT(10) UNSIGNED NOT NULL DEFAULT 0,
    store_id  SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    entity_id INT(10) UNSIGNED NOT NULL DEFAULT 0,
    label     VARCHAR(255) DEFAULT NULL,
    position  INT(10) UNSIGNED DEFAULT NULL,
    disabled  SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    record_id INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    PRIMARY KEY (record_id),
    KEY CATALOG_PRODUCT_ENTITY_MEDIA_GALLERY_VALUE_STORE_ID (store_id),
    KEY CATALOG_PRODUCT_ENTITY_MEDIA_GALLERY_VALUE_ENTITY_ID (entity_id),
    KEY CATALOG_PRODUCT_ENTITY_MEDIA_GALLERY_VALUE_VALUE_ID (value_id),
    KEY CAT_PRD_ENTT_MDA_GLR_VAL_ENTT_ID_VAL_ID_STORE_ID (entity_id, value_id, store_id),
    CONSTRAINT CAT_PRD_ENTT_MDA_GLR_VAL_ENTT_ID_CAT_PRD_ENTT_ENTT_ID FOREIGN KEY (entity_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_ENTT_MDA_GLR_VAL_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_ENTT_MDA_GLR_VAL_VAL_ID_CAT_PRD_ENTT_MDA_GLR_VAL_ID FOREIGN KEY (value_id) REFERENCES catalog_product_entity_media_gallery (value_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_entity_media_gallery_value_to_entity (
    value_id  INT(10) UNSIGNED NOT NULL,
    entity_id INT(10) UNSIGNED NOT NULL,
    PRIMARY KEY (value_id, entity_id),
    KEY CAT_PRD_ENTT_MDA_GLR_VAL_TO_ENTT_ENTT_ID_CAT_PRD_ENTT_ENTT_ID (entity_id),
    CONSTRAINT CAT_PRD_ENTT_MDA_GLR_VAL_TO_ENTT_ENTT_ID_CAT_PRD_ENTT_ENTT_ID FOREIGN KEY (entity_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE,
    CONSTRAINT FK_A6C6C8FAA386736921D3A7C4B50B1185 FOREIGN KEY (value_id) REFERENCES catalog_product_entity_media_gallery (value_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_entity_media_gallery_value_video (
    value_id    INT(10) UNSIGNED NOT NULL,
    store_id    SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    provider    VARCHAR(32) DEFAULT NULL,
    url         TEXT DEFAULT NULL,
    title       VARCHAR(255) DEFAULT NULL,
    description TEXT DEFAULT NULL,
    metadata    TEXT DEFAULT NULL,
    PRIMARY KEY (value_id, store_id),
    KEY CAT_PRD_ENTT_MDA_GLR_VAL_VIDEO_STORE_ID_STORE_STORE_ID (store_id),
    CONSTRAINT CAT_PRD_ENTT_MDA_GLR_VAL_VIDEO_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE,
    CONSTRAINT FK_6FDF205946906B0E653E60AA769899F8 FOREIGN KEY (value_id) REFERENCES catalog_product_entity_media_gallery (value_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_entity_text (
    value_id     INT(11) NOT NULL AUTO_INCREMENT,
    attribute_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    store_id     SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    entity_id    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    value        MEDIUMTEXT DEFAULT NULL,
    PRIMARY KEY (value_id),
    UNIQUE KEY CATALOG_PRODUCT_ENTITY_TEXT_ENTITY_ID_ATTRIBUTE_ID_STORE_ID (entity_id, attribute_id, store_id),
    KEY CATALOG_PRODUCT_ENTITY_TEXT_ATTRIBUTE_ID (attribute_id),
    KEY CATALOG_PRODUCT_ENTITY_TEXT_STORE_ID (store_id),
    CONSTRAINT CATALOG_PRODUCT_ENTITY_TEXT_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_ENTT_TEXT_ATTR_ID_EAV_ATTR_ATTR_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_ENTT_TEXT_ENTT_ID_CAT_PRD_ENTT_ENTT_ID FOREIGN KEY (entity_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_entity_tier_price (
    value_id          INT(11) NOT NULL AUTO_INCREMENT,
    entity_id         INT(10) UNSIGNED NOT NULL DEFAULT 0,
    all_groups        SMALLINT(5) UNSIGNED NOT NULL DEFAULT 1,
    customer_group_id INT(10) UNSIGNED NOT NULL DEFAULT 0,
    qty               DECIMAL(12,4) NOT NULL DEFAULT 1.0000,
    value             DECIMAL(20,6) NOT NULL DEFAULT 0.000000,
    website_id        SMALLINT(5) UNSIGNED NOT NULL,
    percentage_value  DECIMAL(5,2) DEFAULT NULL,
    PRIMARY KEY (value_id),
    UNIQUE KEY UNQ_E8AB433B9ACB00343ABB312AD2FAB087 (entity_id, all_groups, customer_group_id, qty, website_id),
    KEY CATALOG_PRODUCT_ENTITY_TIER_PRICE_CUSTOMER_GROUP_ID (customer_group_id),
    KEY CATALOG_PRODUCT_ENTITY_TIER_PRICE_WEBSITE_ID (website_id),
    CONSTRAINT CAT_PRD_ENTT_TIER_PRICE_CSTR_GROUP_ID_CSTR_GROUP_CSTR_GROUP_ID FOREIGN KEY (customer_group_id) REFERENCES customer_group (customer_group_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_ENTT_TIER_PRICE_ENTT_ID_CAT_PRD_ENTT_ENTT_ID FOREIGN KEY (entity_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_ENTT_TIER_PRICE_WS_ID_STORE_WS_WS_ID FOREIGN KEY (website_id) REFERENCES store_website (website_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_entity_varchar (
    value_id     INT(11) NOT NULL AUTO_INCREMENT,
    attribute_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    store_id     SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    entity_id    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    value        VARCHAR(255) DEFAULT NULL,
    PRIMARY KEY (value_id),
    UNIQUE KEY CATALOG_PRODUCT_ENTITY_VARCHAR_ENTITY_ID_ATTRIBUTE_ID_STORE_ID (entity_id, attribute_id, store_id),
    KEY CATALOG_PRODUCT_ENTITY_VARCHAR_ATTRIBUTE_ID (attribute_id),
    KEY CATALOG_PRODUCT_ENTITY_VARCHAR_STORE_ID (store_id),
    CONSTRAINT CATALOG_PRODUCT_ENTITY_VARCHAR_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_ENTT_VCHR_ATTR_ID_EAV_ATTR_ATTR_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_ENTT_VCHR_ENTT_ID_CAT_PRD_ENTT_ENTT_ID FOREIGN KEY (entity_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_website (
    product_id INT(10) UNSIGNED NOT NULL,
    website_id SMALLINT(5) UNSIGNED NOT NULL,
    PRIMARY KEY (product_id, website_id),
    KEY CATALOG_PRODUCT_WEBSITE_WEBSITE_ID (website_id),
    CONSTRAINT CATALOG_PRODUCT_WEBSITE_WEBSITE_ID_STORE_WEBSITE_WEBSITE_ID FOREIGN KEY (website_id) REFERENCES store_website (website_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_WS_PRD_ID_CAT_PRD_ENTT_ENTT_ID FOREIGN KEY (product_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_relation (
    parent_id INT(10) UNSIGNED NOT NULL,
    child_id  INT(10) UNSIGNED NOT NULL,
    PRIMARY KEY (parent_id, child_id),
    KEY CATALOG_PRODUCT_RELATION_CHILD_ID (child_id),
    CONSTRAINT CAT_PRD_RELATION_CHILD_ID_CAT_PRD_ENTT_ENTT_ID FOREIGN KEY (child_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_RELATION_PARENT_ID_CAT_PRD_ENTT_ENTT_ID FOREIGN KEY (parent_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_link (
    link_id           INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    product_id        INT(10) UNSIGNED NOT NULL DEFAULT 0,
    linked_product_id INT(10) UNSIGNED NOT NULL DEFAULT 0,
    link_type_id      SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (link_id),
    UNIQUE KEY CATALOG_PRODUCT_LINK_LINK_TYPE_ID_PRODUCT_ID_LINKED_PRODUCT_ID (link_type_id, product_id, linked_product_id),
    KEY CATALOG_PRODUCT_LINK_PRODUCT_ID (product_id),
    KEY CATALOG_PRODUCT_LINK_LINKED_PRODUCT_ID (linked_product_id),
    CONSTRAINT CATALOG_PRODUCT_LINK_PRODUCT_ID_CATALOG_PRODUCT_ENTITY_ENTITY_ID FOREIGN KEY (product_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_LNK_LNKED_PRD_ID_CAT_PRD_ENTT_ENTT_ID FOREIGN KEY (linked_product_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_LNK_LNK_TYPE_ID_CAT_PRD_LNK_TYPE_LNK_TYPE_ID FOREIGN KEY (link_type_id) REFERENCES catalog_product_link_type (link_type_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_link_attribute (
    product_link_attribute_id   SMALLINT(5) UNSIGNED NOT NULL AUTO_INCREMENT,
    link_type_id                SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    product_link_attribute_code VARCHAR(32) DEFAULT NULL,
    data_type                   VARCHAR(32) DEFAULT NULL,
    PRIMARY KEY (product_link_attribute_id),
    KEY CATALOG_PRODUCT_LINK_ATTRIBUTE_LINK_TYPE_ID (link_type_id),
    CONSTRAINT CAT_PRD_LNK_ATTR_LNK_TYPE_ID_CAT_PRD_LNK_TYPE_LNK_TYPE_ID FOREIGN KEY (link_type_id) REFERENCES catalog_product_link_type (link_type_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_link_attribute_decimal (
    value_id                  INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    product_link_attribute_id SMALLINT(5) UNSIGNED DEFAULT NULL,
    link_id                   INT(10) UNSIGNED NOT NULL,
    value                     DECIMAL(20,6) NOT NULL DEFAULT 0.000000,
    PRIMARY KEY (value_id),
    UNIQUE KEY CAT_PRD_LNK_ATTR_DEC_PRD_LNK_ATTR_ID_LNK_ID (product_link_attribute_id, link_id),
    KEY CATALOG_PRODUCT_LINK_ATTRIBUTE_DECIMAL_LINK_ID (link_id),
    CONSTRAINT CAT_PRD_LNK_ATTR_DEC_LNK_ID_CAT_PRD_LNK_LNK_ID FOREIGN KEY (link_id) REFERENCES catalog_product_link (link_id) ON DELETE CASCADE,
    CONSTRAINT FK_AB2EFA9A14F7BCF1D5400056203D14B6 FOREIGN KEY (product_link_attribute_id) REFERENCES catalog_product_link_attribute (product_link_attribute_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_link_attribute_int (
    value_id                  INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    product_link_attribute_id SMALLINT(5) UNSIGNED DEFAULT NULL,
    link_id                   INT(10) UNSIGNED NOT NULL,
    value                     INT(11) NOT NULL DEFAULT 0,
    PRIMARY KEY (value_id),
    UNIQUE KEY CAT_PRD_LNK_ATTR_INT_PRD_LNK_ATTR_ID_LNK_ID (product_link_attribute_id, link_id),
    KEY CATALOG_PRODUCT_LINK_ATTRIBUTE_INT_LINK_ID (link_id),
    CONSTRAINT CAT_PRD_LNK_ATTR_INT_LNK_ID_CAT_PRD_LNK_LNK_ID FOREIGN KEY (link_id) REFERENCES catalog_product_link (link_id) ON DELETE CASCADE,
    CONSTRAINT FK_D6D878F8BA2A4282F8DDED7E6E3DE35C FOREIGN KEY (product_link_attribute_id) REFERENCES catalog_product_link_attribute (product_link_attribute_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_link_attribute_varchar (
    value_id                  INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    product_link_attribute_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    link_id                   INT(10) UNSIGNED NOT NULL,
    value                     VARCHAR(255) DEFAULT NULL,
    PRIMARY KEY (value_id),
    UNIQUE KEY CAT_PRD_LNK_ATTR_VCHR_PRD_LNK_ATTR_ID_LNK_ID (product_link_attribute_id, link_id),
    KEY CATALOG_PRODUCT_LINK_ATTRIBUTE_VARCHAR_LINK_ID (link_id),
    CONSTRAINT CAT_PRD_LNK_ATTR_VCHR_LNK_ID_CAT_PRD_LNK_LNK_ID FOREIGN KEY (link_id) REFERENCES catalog_product_link (link_id) ON DELETE CASCADE,
    CONSTRAINT FK_DEE9C4DA61CFCC01DFCF50F0D79CEA51 FOREIGN KEY (product_link_attribute_id) REFERENCES catalog_product_link_attribute (product_link_attribute_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_link_type (
    link_type_id SMALLINT(5) UNSIGNED NOT NULL AUTO_INCREMENT,
    code         VARCHAR(32) DEFAULT NULL,
    PRIMARY KEY (link_type_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_super_attribute (
    product_super_attribute_id INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    product_id                 INT(10) UNSIGNED NOT NULL DEFAULT 0,
    attribute_id               SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    position                   SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (product_super_attribute_id),
    UNIQUE KEY CATALOG_PRODUCT_SUPER_ATTRIBUTE_PRODUCT_ID_ATTRIBUTE_ID (product_id, attribute_id),
    CONSTRAINT CAT_PRD_SPR_ATTR_PRD_ID_CAT_PRD_ENTT_ENTT_ID FOREIGN KEY (product_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_super_attribute_label (
    value_id                   INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    product_super_attribute_id INT(10) UNSIGNED NOT NULL DEFAULT 0,
    store_id                   SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    use_default                SMALLINT(5) UNSIGNED DEFAULT 0,
    value                      VARCHAR(255) DEFAULT NULL,
    PRIMARY KEY (value_id),
    UNIQUE KEY CAT_PRD_SPR_ATTR_LBL_PRD_SPR_ATTR_ID_STORE_ID (product_super_attribute_id, store_id),
    KEY CATALOG_PRODUCT_SUPER_ATTRIBUTE_LABEL_STORE_ID (store_id),
    CONSTRAINT CATALOG_PRODUCT_SUPER_ATTRIBUTE_LABEL_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE,
    CONSTRAINT FK_309442281DF7784210ED82B2CC51E5D5 FOREIGN KEY (product_super_attribute_id) REFERENCES catalog_product_super_attribute (product_super_attribute_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_super_link (
    link_id    INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    product_id INT(10) UNSIGNED NOT NULL DEFAULT 0,
    parent_id  INT(10) UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (link_id),
    UNIQUE KEY CATALOG_PRODUCT_SUPER_LINK_PRODUCT_ID_PARENT_ID (product_id, parent_id),
    KEY CATALOG_PRODUCT_SUPER_LINK_PARENT_ID (parent_id),
    CONSTRAINT CAT_PRD_SPR_LNK_PARENT_ID_CAT_PRD_ENTT_ENTT_ID FOREIGN KEY (parent_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_SPR_LNK_PRD_ID_CAT_PRD_ENTT_ENTT_ID FOREIGN KEY (product_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_option (
    option_id      INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    product_id     INT(10) UNSIGNED NOT NULL DEFAULT 0,
    type           VARCHAR(50) DEFAULT NULL,
    is_require     SMALLINT(6) NOT NULL DEFAULT 1,
    sku            VARCHAR(64) DEFAULT NULL,
    max_characters INT(10) UNSIGNED DEFAULT NULL,
    file_extension VARCHAR(50) DEFAULT NULL,
    image_size_x   SMALLINT(5) UNSIGNED DEFAULT NULL,
    image_size_y   SMALLINT(5) UNSIGNED DEFAULT NULL,
    sort_order     INT(10) UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (option_id),
    KEY CATALOG_PRODUCT_OPTION_PRODUCT_ID (product_id),
    CONSTRAINT CAT_PRD_OPT_PRD_ID_CAT_PRD_ENTT_ENTT_ID FOREIGN KEY (product_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_option_price (
    option_price_id INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    option_id       INT(10) UNSIGNED NOT NULL DEFAULT 0,
    store_id        SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    price           DECIMAL(20,6) NOT NULL DEFAULT 0.000000,
    price_type      VARCHAR(7) NOT NULL DEFAULT 'fixed',
    PRIMARY KEY (option_price_id),
    UNIQUE KEY CATALOG_PRODUCT_OPTION_PRICE_OPTION_ID_STORE_ID (option_id, store_id),
    KEY CATALOG_PRODUCT_OPTION_PRICE_STORE_ID (store_id),
    CONSTRAINT CATALOG_PRODUCT_OPTION_PRICE_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_OPT_PRICE_OPT_ID_CAT_PRD_OPT_OPT_ID FOREIGN KEY (option_id) REFERENCES catalog_product_option (option_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_option_title (
    option_title_id INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    option_id       INT(10) UNSIGNED NOT NULL DEFAULT 0,
    store_id        SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    title           VARCHAR(255) DEFAULT NULL,
    PRIMARY KEY (option_title_id),
    UNIQUE KEY CATALOG_PRODUCT_OPTION_TITLE_OPTION_ID_STORE_ID (option_id, store_id),
    KEY CATALOG_PRODUCT_OPTION_TITLE_STORE_ID (store_id),
    CONSTRAINT CATALOG_PRODUCT_OPTION_TITLE_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_OPT_TTL_OPT_ID_CAT_PRD_OPT_OPT_ID FOREIGN KEY (option_id) REFERENCES catalog_product_option (option_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_option_type_price (
    option_type_price_id INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    option_type_id       INT(10) UNSIGNED NOT NULL DEFAULT 0,
    store_id             SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    price                DECIMAL(20,6) NOT NULL DEFAULT 0.000000,
    price_type           VARCHAR(7) NOT NULL DEFAULT 'fixed',
    PRIMARY KEY (option_type_price_id),
    UNIQUE KEY CATALOG_PRODUCT_OPTION_TYPE_PRICE_OPTION_TYPE_ID_STORE_ID (option_type_id, store_id),
    KEY CATALOG_PRODUCT_OPTION_TYPE_PRICE_STORE_ID (store_id),
    CONSTRAINT CATALOG_PRODUCT_OPTION_TYPE_PRICE_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE,
    CONSTRAINT FK_B523E3378E8602F376CC415825576B7F FOREIGN KEY (option_type_id) REFERENCES catalog_product_option_type_value (option_type_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_option_type_title (
    option_type_title_id INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    option_type_id       INT(10) UNSIGNED NOT NULL DEFAULT 0,
    store_id             SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    title                VARCHAR(255) DEFAULT NULL,
    PRIMARY KEY (option_type_title_id),
    UNIQUE KEY CATALOG_PRODUCT_OPTION_TYPE_TITLE_OPTION_TYPE_ID_STORE_ID (option_type_id, store_id),
    KEY CATALOG_PRODUCT_OPTION_TYPE_TITLE_STORE_ID (store_id),
    CONSTRAINT CATALOG_PRODUCT_OPTION_TYPE_TITLE_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE,
    CONSTRAINT FK_C085B9CF2C2A302E8043FDEA1937D6A2 FOREIGN KEY (option_type_id) REFERENCES catalog_product_option_type_value (option_type_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_option_type_value (
    option_type_id INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    option_id      INT(10) UNSIGNED NOT NULL DEFAULT 0,
    sku            VARCHAR(64) DEFAULT NULL,
    sort_order     INT(10) UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (option_type_id),
    KEY CATALOG_PRODUCT_OPTION_TYPE_VALUE_OPTION_ID (option_id),
    CONSTRAINT CAT_PRD_OPT_TYPE_VAL_OPT_ID_CAT_PRD_OPT_OPT_ID FOREIGN KEY (option_id) REFERENCES catalog_product_option (option_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_bundle_option (
    option_id INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    parent_id INT(10) UNSIGNED NOT NULL,
    required  SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    position  INT(10) UNSIGNED NOT NULL DEFAULT 0,
    type      VARCHAR(255) DEFAULT NULL,
    PRIMARY KEY (option_id),
    KEY CATALOG_PRODUCT_BUNDLE_OPTION_PARENT_ID (parent_id),
    CONSTRAINT CAT_PRD_BNDL_OPT_PARENT_ID_CAT_PRD_ENTT_ENTT_ID FOREIGN KEY (parent_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_bundle_option_value (
    value_id          INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    option_id         INT(10) UNSIGNED NOT NULL,
    store_id          SMALLINT(5) UNSIGNED NOT NULL,
    title             VARCHAR(255) DEFAULT NULL,
    parent_product_id INT(10) UNSIGNED NOT NULL,
    PRIMARY KEY (value_id),
    UNIQUE KEY CAT_PRD_BNDL_OPT_VAL_OPT_ID_PARENT_PRD_ID_STORE_ID (option_id, parent_product_id, store_id),
    CONSTRAINT CAT_PRD_BNDL_OPT_VAL_OPT_ID_CAT_PRD_BNDL_OPT_OPT_ID FOREIGN KEY (option_id) REFERENCES catalog_product_bundle_option (option_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_bundle_price_index (
    entity_id         INT(10) UNSIGNED NOT NULL,
    website_id        SMALLINT(5) UNSIGNED NOT NULL,
    customer_group_id INT(10) UNSIGNED NOT NULL,
    min_price         DECIMAL(20,6) NOT NULL,
    max_price         DECIMAL(20,6) NOT NULL,
    PRIMARY KEY (entity_id, website_id, customer_group_id),
    KEY CATALOG_PRODUCT_BUNDLE_PRICE_INDEX_WEBSITE_ID (website_id),
    KEY CATALOG_PRODUCT_BUNDLE_PRICE_INDEX_CUSTOMER_GROUP_ID (customer_group_id),
    CONSTRAINT CAT_PRD_BNDL_PRICE_IDX_CSTR_GROUP_ID_CSTR_GROUP_CSTR_GROUP_ID FOREIGN KEY (customer_group_id) REFERENCES customer_group (customer_group_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_BNDL_PRICE_IDX_ENTT_ID_CAT_PRD_ENTT_ENTT_ID FOREIGN KEY (entity_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_BNDL_PRICE_IDX_WS_ID_STORE_WS_WS_ID FOREIGN KEY (website_id) REFERENCES store_website (website_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_bundle_selection (
    selection_id             INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    option_id                INT(10) UNSIGNED NOT NULL,
    parent_product_id        INT(10) UNSIGNED NOT NULL,
    product_id               INT(10) UNSIGNED NOT NULL,
    position                 INT(10) UNSIGNED NOT NULL DEFAULT 0,
    is_default               SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    selection_price_type     SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    selection_price_value    DECIMAL(12,4) NOT NULL DEFAULT 0.0000,
    selection_qty            DECIMAL(12,4) DEFAULT NULL,
    selection_can_change_qty SMALLINT(6) NOT NULL DEFAULT 0,
    PRIMARY KEY (selection_id),
    KEY CATALOG_PRODUCT_BUNDLE_SELECTION_OPTION_ID (option_id),
    KEY CATALOG_PRODUCT_BUNDLE_SELECTION_PRODUCT_ID (product_id),
    CONSTRAINT CAT_PRD_BNDL_SELECTION_OPT_ID_CAT_PRD_BNDL_OPT_OPT_ID FOREIGN KEY (option_id) REFERENCES catalog_product_bundle_option (option_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_BNDL_SELECTION_PRD_ID_CAT_PRD_ENTT_ENTT_ID FOREIGN KEY (product_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_bundle_selection_price (
    selection_id          INT(10) UNSIGNED NOT NULL,
    website_id            SMALLINT(5) UNSIGNED NOT NULL,
    selection_price_type  SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    selection_price_value DECIMAL(20,6) NOT NULL DEFAULT 0.000000,
    parent_product_id     INT(10) UNSIGNED NOT NULL,
    PRIMARY KEY (selection_id, parent_product_id, website_id),
    KEY CATALOG_PRODUCT_BUNDLE_SELECTION_PRICE_WEBSITE_ID (website_id),
    CONSTRAINT CAT_PRD_BNDL_SELECTION_PRICE_WS_ID_STORE_WS_WS_ID FOREIGN KEY (website_id) REFERENCES store_website (website_id) ON DELETE CASCADE,
    CONSTRAINT FK_DCF37523AA05D770A70AA4ED7C2616E4 FOREIGN KEY (selection_id) REFERENCES catalog_product_bundle_selection (selection_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_bundle_stock_index (
    entity_id    INT(10) UNSIGNED NOT NULL,
    website_id   SMALLINT(5) UNSIGNED NOT NULL,
    stock_id     SMALLINT(5) UNSIGNED NOT NULL,
    option_id    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    stock_status SMALLINT(6) DEFAULT 0,
    PRIMARY KEY (entity_id, website_id, stock_id, option_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE downloadable_link (
    link_id             INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    product_id          INT(10) UNSIGNED NOT NULL DEFAULT 0,
    sort_order          INT(10) UNSIGNED NOT NULL DEFAULT 0,
    number_of_downloads INT(11) DEFAULT NULL,
    is_shareable        SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    link_url            VARCHAR(255) DEFAULT NULL,
    link_file           VARCHAR(255) DEFAULT NULL,
    link_type           VARCHAR(20) DEFAULT NULL,
    sample_url          VARCHAR(255) DEFAULT NULL,
    sample_file         VARCHAR(255) DEFAULT NULL,
    sample_type         VARCHAR(20) DEFAULT NULL,
    PRIMARY KEY (link_id),
    KEY DOWNLOADABLE_LINK_PRODUCT_ID_SORT_ORDER (product_id, sort_order),
    CONSTRAINT DOWNLOADABLE_LINK_PRODUCT_ID_CATALOG_PRODUCT_ENTITY_ENTITY_ID FOREIGN KEY (product_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE downloadable_link_price (
    price_id   INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    link_id    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    website_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    price      DECIMAL(20,6) NOT NULL DEFAULT 0.000000,
    PRIMARY KEY (price_id),
    KEY DOWNLOADABLE_LINK_PRICE_LINK_ID (link_id),
    KEY DOWNLOADABLE_LINK_PRICE_WEBSITE_ID (website_id),
    CONSTRAINT DOWNLOADABLE_LINK_PRICE_LINK_ID_DOWNLOADABLE_LINK_LINK_ID FOREIGN KEY (link_id) REFERENCES downloadable_link (link_id) ON DELETE CASCADE,
    CONSTRAINT DOWNLOADABLE_LINK_PRICE_WEBSITE_ID_STORE_WEBSITE_WEBSITE_ID FOREIGN KEY (website_id) REFERENCES store_website (website_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE downloadable_link_purchased (
    purchased_id       INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    order_id           INT(10) UNSIGNED DEFAULT 0,
    order_increment_id VARCHAR(50) DEFAULT NULL,
    order_item_id      INT(10) UNSIGNED NOT NULL DEFAULT 0,
    created_at         TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at         TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    customer_id        INT(10) UNSIGNED DEFAULT 0,
    product_name       VARCHAR(255) DEFAULT NULL,
    product_sku        VARCHAR(255) DEFAULT NULL,
    link_section_title VARCHAR(255) DEFAULT NULL,
    PRIMARY KEY (purchased_id),
    KEY DOWNLOADABLE_LINK_PURCHASED_ORDER_ID (order_id),
    KEY DOWNLOADABLE_LINK_PURCHASED_ORDER_ITEM_ID (order_item_id),
    KEY DOWNLOADABLE_LINK_PURCHASED_CUSTOMER_ID (customer_id),
    CONSTRAINT DL_LNK_PURCHASED_CSTR_ID_CSTR_ENTT_ENTT_ID FOREIGN KEY (customer_id) REFERENCES customer_entity (entity_id) ON DELETE SET NULL,
    CONSTRAINT DOWNLOADABLE_LINK_PURCHASED_ORDER_ID_SALES_ORDER_ENTITY_ID FOREIGN KEY (order_id) REFERENCES sales_order (entity_id) ON DELETE SET NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE downloadable_link_purchased_item (
    item_id                    INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    purchased_id               INT(10) UNSIGNED NOT NULL DEFAULT 0,
    order_item_id              INT(10) UNSIGNED DEFAULT 0,
    product_id                 INT(10) UNSIGNED DEFAULT 0,
    link_hash                  VARCHAR(255) DEFAULT NULL,
    number_of_downloads_bought INT(10) UNSIGNED NOT NULL DEFAULT 0,
    number_of_downloads_used   INT(10) UNSIGNED NOT NULL DEFAULT 0,
    link_id                    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    link_title                 VARCHAR(255) DEFAULT NULL,
    is_shareable               SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    link_url                   VARCHAR(255) DEFAULT NULL,
    link_file                  VARCHAR(255) DEFAULT NULL,
    link_type                  VARCHAR(255) DEFAULT NULL,
    status                     VARCHAR(50) DEFAULT NULL,
    created_at                 TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at                 TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    PRIMARY KEY (item_id),
    KEY DOWNLOADABLE_LINK_PURCHASED_ITEM_LINK_HASH (link_hash),
    KEY DOWNLOADABLE_LINK_PURCHASED_ITEM_ORDER_ITEM_ID (order_item_id),
    KEY DOWNLOADABLE_LINK_PURCHASED_ITEM_PURCHASED_ID (purchased_id),
    CONSTRAINT DL_LNK_PURCHASED_ITEM_ORDER_ITEM_ID_SALES_ORDER_ITEM_ITEM_ID FOREIGN KEY (order_item_id) REFERENCES sales_order_item (item_id) ON DELETE SET NULL,
    CONSTRAINT DL_LNK_PURCHASED_ITEM_PURCHASED_ID_DL_LNK_PURCHASED_PURCHASED_ID FOREIGN KEY (purchased_id) REFERENCES downloadable_link_purchased (purchased_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE downloadable_link_title (
    title_id INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    link_id  INT(10) UNSIGNED NOT NULL DEFAULT 0,
    store_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    title    VARCHAR(255) DEFAULT NULL,
    PRIMARY KEY (title_id),
    UNIQUE KEY DOWNLOADABLE_LINK_TITLE_LINK_ID_STORE_ID (link_id, store_id),
    KEY DOWNLOADABLE_LINK_TITLE_STORE_ID (store_id),
    CONSTRAINT DOWNLOADABLE_LINK_TITLE_LINK_ID_DOWNLOADABLE_LINK_LINK_ID FOREIGN KEY (link_id) REFERENCES downloadable_link (link_id) ON DELETE CASCADE,
    CONSTRAINT DOWNLOADABLE_LINK_TITLE_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE downloadable_sample (
    sample_id   INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    product_id  INT(10) UNSIGNED NOT NULL DEFAULT 0,
    sample_url  VARCHAR(255) DEFAULT NULL,
    sample_file VARCHAR(255) DEFAULT NULL,
    sample_type VARCHAR(20) DEFAULT NULL,
    sort_order  INT(10) UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (sample_id),
    KEY DOWNLOADABLE_SAMPLE_PRODUCT_ID (product_id),
    CONSTRAINT DOWNLOADABLE_SAMPLE_PRODUCT_ID_CATALOG_PRODUCT_ENTITY_ENTITY_ID FOREIGN KEY (product_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE downloadable_sample_title (
    title_id  INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    sample_id INT(10) UNSIGNED NOT NULL DEFAULT 0,
    store_id  SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    title     VARCHAR(255) DEFAULT NULL,
    PRIMARY KEY (title_id),
    UNIQUE KEY DOWNLOADABLE_SAMPLE_TITLE_SAMPLE_ID_STORE_ID (sample_id, store_id),
    KEY DOWNLOADABLE_SAMPLE_TITLE_STORE_ID (store_id),
    CONSTRAINT DL_SAMPLE_TTL_SAMPLE_ID_DL_SAMPLE_SAMPLE_ID FOREIGN KEY (sample_id) REFERENCES downloadable_sample (sample_id) ON DELETE CASCADE,
    CONSTRAINT DOWNLOADABLE_SAMPLE_TITLE_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_index_eav (
    entity_id    INT(10) UNSIGNED NOT NULL,
    attribute_id SMALLINT(5) UNSIGNED NOT NULL,
    store_id     SMALLINT(5) UNSIGNED NOT NULL,
    value        INT(10) UNSIGNED NOT NULL,
    source_id    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (entity_id, attribute_id, store_id, value, source_id),
    KEY CATALOG_PRODUCT_INDEX_EAV_ATTRIBUTE_ID (attribute_id),
    KEY CATALOG_PRODUCT_INDEX_EAV_STORE_ID (store_id),
    KEY CATALOG_PRODUCT_INDEX_EAV_VALUE (value)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_index_eav_decimal (
    entity_id    INT(10) UNSIGNED NOT NULL,
    attribute_id SMALLINT(5) UNSIGNED NOT NULL,
    store_id     SMALLINT(5) UNSIGNED NOT NULL,
    value        DECIMAL(12,4) NOT NULL,
    source_id    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (entity_id, attribute_id, store_id, value, source_id),
    KEY CATALOG_PRODUCT_INDEX_EAV_DECIMAL_ATTRIBUTE_ID (attribute_id),
    KEY CATALOG_PRODUCT_INDEX_EAV_DECIMAL_STORE_ID (store_id),
    KEY CATALOG_PRODUCT_INDEX_EAV_DECIMAL_VALUE (value)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_index_price (
    entity_id         INT(10) UNSIGNED NOT NULL,
    customer_group_id INT(10) UNSIGNED NOT NULL,
    website_id        SMALLINT(5) UNSIGNED NOT NULL,
    tax_class_id      SMALLINT(5) UNSIGNED DEFAULT 0,
    price             DECIMAL(20,6) DEFAULT NULL,
    final_price       DECIMAL(20,6) DEFAULT NULL,
    min_price         DECIMAL(20,6) DEFAULT NULL,
    max_price         DECIMAL(20,6) DEFAULT NULL,
    tier_price        DECIMAL(20,6) DEFAULT NULL,
    PRIMARY KEY (entity_id, customer_group_id, website_id),
    KEY CATALOG_PRODUCT_INDEX_PRICE_CUSTOMER_GROUP_ID (customer_group_id),
    KEY CATALOG_PRODUCT_INDEX_PRICE_MIN_PRICE (min_price),
    KEY CAT_PRD_IDX_PRICE_WS_ID_CSTR_GROUP_ID_MIN_PRICE (website_id, customer_group_id, min_price)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_index_tier_price (
    entity_id         INT(10) UNSIGNED NOT NULL,
    customer_group_id INT(10) UNSIGNED NOT NULL,
    website_id        SMALLINT(5) UNSIGNED NOT NULL,
    min_price         DECIMAL(20,6) DEFAULT NULL,
    PRIMARY KEY (entity_id, customer_group_id, website_id),
    KEY CATALOG_PRODUCT_INDEX_TIER_PRICE_CUSTOMER_GROUP_ID (customer_group_id),
    KEY CATALOG_PRODUCT_INDEX_TIER_PRICE_WEBSITE_ID (website_id),
    CONSTRAINT CAT_PRD_IDX_TIER_PRICE_CSTR_GROUP_ID_CSTR_GROUP_CSTR_GROUP_ID FOREIGN KEY (customer_group_id) REFERENCES customer_group (customer_group_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_IDX_TIER_PRICE_ENTT_ID_CAT_PRD_ENTT_ENTT_ID FOREIGN KEY (entity_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE,
    CONSTRAINT CAT_PRD_IDX_TIER_PRICE_WS_ID_STORE_WS_WS_ID FOREIGN KEY (website_id) REFERENCES store_website (website_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_product_index_website (
    website_id       SMALLINT(5) UNSIGNED NOT NULL,
    default_store_id SMALLINT(5) UNSIGNED NOT NULL,
    website_date     DATE DEFAULT NULL,
    rate             FLOAT DEFAULT 1,
    PRIMARY KEY (website_id),
    KEY CATALOG_PRODUCT_INDEX_WEBSITE_WEBSITE_DATE (website_date),
    CONSTRAINT CAT_PRD_IDX_WS_WS_ID_STORE_WS_WS_ID FOREIGN KEY (website_id) REFERENCES store_website (website_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalogrule (
    rule_id               INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    name                  VARCHAR(255) DEFAULT NULL,
    description           TEXT DEFAULT NULL,
    from_date             DATE DEFAULT NULL,
    to_date               DATE DEFAULT NULL,
    is_active             SMALLINT(6) NOT NULL DEFAULT 0,
    conditions_serialized MEDIUMTEXT DEFAULT NULL,
    actions_serialized    MEDIUMTEXT DEFAULT NULL,
    stop_rules_processing SMALLINT(6) NOT NULL DEFAULT 1,
    sort_order            INT(10) UNSIGNED NOT NULL DEFAULT 0,
    simple_action         VARCHAR(32) DEFAULT NULL,
    discount_amount       DECIMAL(20,6) NOT NULL DEFAULT 0.000000,
    PRIMARY KEY (rule_id),
    KEY CATALOGRULE_IS_ACTIVE_SORT_ORDER_TO_DATE_FROM_DATE (is_active, sort_order, to_date, from_date)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalogrule_customer_group (
    rule_id           INT(10) UNSIGNED NOT NULL,
    customer_group_id INT(10) UNSIGNED NOT NULL,
    PRIMARY KEY (rule_id, customer_group_id),
    KEY CATALOGRULE_CUSTOMER_GROUP_CUSTOMER_GROUP_ID (customer_group_id),
    CONSTRAINT CATALOGRULE_CUSTOMER_GROUP_RULE_ID_CATALOGRULE_RULE_ID FOREIGN KEY (rule_id) REFERENCES catalogrule (rule_id) ON DELETE CASCADE,
    CONSTRAINT CATRULE_CSTR_GROUP_CSTR_GROUP_ID_CSTR_GROUP_CSTR_GROUP_ID FOREIGN KEY (customer_group_id) REFERENCES customer_group (customer_group_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalogrule_group_website (
    rule_id           INT(10) UNSIGNED NOT NULL DEFAULT 0,
    customer_group_id INT(10) UNSIGNED NOT NULL DEFAULT 0,
    website_id        SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (rule_id, customer_group_id, website_id),
    KEY CATALOGRULE_GROUP_WEBSITE_CUSTOMER_GROUP_ID (customer_group_id),
    KEY CATALOGRULE_GROUP_WEBSITE_WEBSITE_ID (website_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalogrule_product (
    rule_product_id   INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    rule_id           INT(10) UNSIGNED NOT NULL DEFAULT 0,
    from_time         INT(10) UNSIGNED NOT NULL DEFAULT 0,
    to_time           INT(10) UNSIGNED NOT NULL DEFAULT 0,
    customer_group_id INT(11) DEFAULT NULL,
    product_id        INT(10) UNSIGNED NOT NULL DEFAULT 0,
    action_operator   VARCHAR(10) DEFAULT 'to_fixed',
    action_amount     DECIMAL(20,6) NOT NULL DEFAULT 0.000000,
    action_stop       SMALLINT(6) NOT NULL DEFAULT 0,
    sort_order        INT(10) UNSIGNED NOT NULL DEFAULT 0,
    website_id        SMALLINT(5) UNSIGNED NOT NULL,
    PRIMARY KEY (rule_product_id),
    UNIQUE KEY UNQ_EAA51B56FF092A0DCB795D1CEF812B7B (rule_id, from_time, to_time, website_id, customer_group_id, product_id, sort_order),
    KEY CATALOGRULE_PRODUCT_CUSTOMER_GROUP_ID (customer_group_id),
    KEY CATALOGRULE_PRODUCT_WEBSITE_ID (website_id),
    KEY CATALOGRULE_PRODUCT_FROM_TIME (from_time),
    KEY CATALOGRULE_PRODUCT_TO_TIME (to_time),
    KEY CATALOGRULE_PRODUCT_PRODUCT_ID (product_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalogrule_product_price (
    rule_product_price_id INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    rule_date             DATE NOT NULL,
    customer_group_id     INT(11) DEFAULT NULL,
    product_id            INT(10) UNSIGNED NOT NULL DEFAULT 0,
    rule_price            DECIMAL(20,6) NOT NULL DEFAULT 0.000000,
    website_id            SMALLINT(5) UNSIGNED NOT NULL,
    latest_start_date     DATE DEFAULT NULL,
    earliest_end_date     DATE DEFAULT NULL,
    PRIMARY KEY (rule_product_price_id),
    UNIQUE KEY CATRULE_PRD_PRICE_RULE_DATE_WS_ID_CSTR_GROUP_ID_PRD_ID (rule_date, website_id, customer_group_id, product_id),
    KEY CATALOGRULE_PRODUCT_PRICE_CUSTOMER_GROUP_ID (customer_group_id),
    KEY CATALOGRULE_PRODUCT_PRICE_WEBSITE_ID (website_id),
    KEY CATALOGRULE_PRODUCT_PRICE_PRODUCT_ID (product_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalogrule_website (
    rule_id    INT(10) UNSIGNED NOT NULL,
    website_id SMALLINT(5) UNSIGNED NOT NULL,
    PRIMARY KEY (rule_id, website_id),
    KEY CATALOGRULE_WEBSITE_WEBSITE_ID (website_id),
    CONSTRAINT CATALOGRULE_WEBSITE_RULE_ID_CATALOGRULE_RULE_ID FOREIGN KEY (rule_id) REFERENCES catalogrule (rule_id) ON DELETE CASCADE,
    CONSTRAINT CATALOGRULE_WEBSITE_WEBSITE_ID_STORE_WEBSITE_WEBSITE_ID FOREIGN KEY (website_id) REFERENCES store_website (website_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE weee_tax (
    value_id     INT(11) NOT NULL AUTO_INCREMENT,
    website_id   SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    entity_id    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    country      VARCHAR(2) DEFAULT NULL,
    value        DECIMAL(12,4) NOT NULL DEFAULT 0.0000,
    state        INT(11) NOT NULL DEFAULT 0,
    attribute_id SMALLINT(5) UNSIGNED NOT NULL,
    PRIMARY KEY (value_id),
    KEY WEEE_TAX_WEBSITE_ID (website_id),
    KEY WEEE_TAX_ENTITY_ID (entity_id),
    KEY WEEE_TAX_COUNTRY (country),
    KEY WEEE_TAX_ATTRIBUTE_ID (attribute_id),
    CONSTRAINT WEEE_TAX_ATTRIBUTE_ID_EAV_ATTRIBUTE_ATTRIBUTE_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE,
    CONSTRAINT WEEE_TAX_COUNTRY_DIRECTORY_COUNTRY_COUNTRY_ID FOREIGN KEY (country) REFERENCES directory_country (country_id) ON DELETE CASCADE,
    CONSTRAINT WEEE_TAX_ENTITY_ID_CATALOG_PRODUCT_ENTITY_ENTITY_ID FOREIGN KEY (entity_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE,
    CONSTRAINT WEEE_TAX_WEBSITE_ID_STORE_WEBSITE_WEBSITE_ID FOREIGN KEY (website_id) REFERENCES store_website (website_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE product_alert_price (
    alert_price_id INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    customer_id    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    product_id     INT(10) UNSIGNED NOT NULL DEFAULT 0,
    price          DECIMAL(20,6) NOT NULL DEFAULT 0.000000,
    website_id     SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    store_id       SMALLINT(5) UNSIGNED DEFAULT 0,
    add_date       TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    last_send_date TIMESTAMP NULL DEFAULT NULL,
    send_count     SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    status         SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (alert_price_id),
    KEY PRODUCT_ALERT_PRICE_CUSTOMER_ID (customer_id),
    KEY PRODUCT_ALERT_PRICE_PRODUCT_ID (product_id),
    KEY PRODUCT_ALERT_PRICE_WEBSITE_ID (website_id),
    KEY PRODUCT_ALERT_PRICE_STORE_ID (store_id),
    CONSTRAINT PRODUCT_ALERT_PRICE_CUSTOMER_ID_CUSTOMER_ENTITY_ENTITY_ID FOREIGN KEY (customer_id) REFERENCES customer_entity (entity_id) ON DELETE CASCADE,
    CONSTRAINT PRODUCT_ALERT_PRICE_PRODUCT_ID_CATALOG_PRODUCT_ENTITY_ENTITY_ID FOREIGN KEY (product_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE,
    CONSTRAINT PRODUCT_ALERT_PRICE_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE,
    CONSTRAINT PRODUCT_ALERT_PRICE_WEBSITE_ID_STORE_WEBSITE_WEBSITE_ID FOREIGN KEY (website_id) REFERENCES store_website (website_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE product_alert_stock (
    alert_stock_id INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    customer_id    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    product_id     INT(10) UNSIGNED NOT NULL DEFAULT 0,
    website_id     SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    store_id       SMALLINT(5) UNSIGNED DEFAULT 0,
    add_date       TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    send_date      TIMESTAMP NULL DEFAULT NULL,
    send_count     SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    status         SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (alert_stock_id),
    KEY PRODUCT_ALERT_STOCK_CUSTOMER_ID (customer_id),
    KEY PRODUCT_ALERT_STOCK_PRODUCT_ID (product_id),
    KEY PRODUCT_ALERT_STOCK_WEBSITE_ID (website_id),
    KEY PRODUCT_ALERT_STOCK_STORE_ID (store_id),
    CONSTRAINT PRODUCT_ALERT_STOCK_CUSTOMER_ID_CUSTOMER_ENTITY_ENTITY_ID FOREIGN KEY (customer_id) REFERENCES customer_entity (entity_id) ON DELETE CASCADE,
    CONSTRAINT PRODUCT_ALERT_STOCK_PRODUCT_ID_CATALOG_PRODUCT_ENTITY_ENTITY_ID FOREIGN KEY (product_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE,
    CONSTRAINT PRODUCT_ALERT_STOCK_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE,
    CONSTRAINT PRODUCT_ALERT_STOCK_WEBSITE_ID_STORE_WEBSITE_WEBSITE_ID FOREIGN KEY (website_id) REFERENCES store_website (website_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE catalog_url_rewrite_product_category (
    url_rewrite_id INT(10) UNSIGNED NOT NULL,
    category_id    INT(10) UNSIGNED NOT NULL,
    product_id     INT(10) UNSIGNED NOT NULL,
    PRIMARY KEY (url_rewrite_id),
    KEY CAT_URL_REWRITE_PRD_CTGR_PRD_ID_CAT_PRD_ENTT_ENTT_ID (product_id),
    KEY CATALOG_URL_REWRITE_PRODUCT_CATEGORY_CATEGORY_ID_PRODUCT_ID (category_id, product_id),
    CONSTRAINT CAT_URL_REWRITE_PRD_CTGR_CTGR_ID_CAT_CTGR_ENTT_ENTT_ID FOREIGN KEY (category_id) REFERENCES catalog_category_entity (entity_id) ON DELETE CASCADE,
    CONSTRAINT CAT_URL_REWRITE_PRD_CTGR_PRD_ID_CAT_PRD_ENTT_ENTT_ID FOREIGN KEY (product_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE,
    CONSTRAINT FK_BB79E64705D7F17FE181F23144528FC8 FOREIGN KEY (url_rewrite_id) REFERENCES url_rewrite (url_rewrite_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE review (
    review_id       BIGINT(20) UNSIGNED NOT NULL AUTO_INCREMENT,
    created_at      TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    entity_id       SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    entity_pk_value INT(10) UNSIGNED NOT NULL DEFAULT 0,
    status_id       SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (review_id),
    KEY REVIEW_ENTITY_ID (entity_id),
    KEY REVIEW_STATUS_ID (status_id),
    KEY REVIEW_ENTITY_PK_VALUE (entity_pk_value),
    CONSTRAINT REVIEW_ENTITY_ID_REVIEW_ENTITY_ENTITY_ID FOREIGN KEY (entity_id) REFERENCES review_entity (entity_id) ON DELETE CASCADE,
    CONSTRAINT REVIEW_STATUS_ID_REVIEW_STATUS_STATUS_ID FOREIGN KEY (status_id) REFERENCES review_status (status_id) ON DELETE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE review_detail (
    detail_id   BIGINT(20) UNSIGNED NOT NULL AUTO_INCREMENT,
    review_id   BIGINT(20) UNSIGNED NOT NULL DEFAULT 0,
    store_id    SMALLINT(5) UNSIGNED DEFAULT 0,
    title       VARCHAR(255) NOT NULL,
    detail      TEXT NOT NULL,
    nickname    VARCHAR(128) NOT NULL,
    customer_id INT(10) UNSIGNED DEFAULT NULL,
    PRIMARY KEY (detail_id),
    KEY REVIEW_DETAIL_REVIEW_ID (review_id),
    KEY REVIEW_DETAIL_STORE_ID (store_id),
    KEY REVIEW_DETAIL_CUSTOMER_ID (customer_id),
    CONSTRAINT REVIEW_DETAIL_CUSTOMER_ID_CUSTOMER_ENTITY_ENTITY_ID FOREIGN KEY (customer_id) REFERENCES customer_entity (entity_id) ON DELETE SET NULL,
    CONSTRAINT REVIEW_DETAIL_REVIEW_ID_REVIEW_REVIEW_ID FOREIGN KEY (review_id) REFERENCES review (review_id) ON DELETE CASCADE,
    CONSTRAINT REVIEW_DETAIL_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE SET NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE review_entity (
    entity_id   SMALLINT(5) UNSIGNED NOT NULL AUTO_INCREMENT,
    entity_code VARCHAR(32) NOT NULL,
    PRIMARY KEY (entity_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE review_entity_summary (
    primary_id      BIGINT(20) NOT NULL AUTO_INCREMENT,
    entity_pk_value BIGINT(20) NOT NULL DEFAULT 0,
    entity_type     SMALLINT(6) NOT NULL DEFAULT 0,
    reviews_count   SMALLINT(6) NOT NULL DEFAULT 0,
    rating_summary  SMALLINT(6) NOT NULL DEFAULT 0,
    store_id        SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (primary_id),
    UNIQUE KEY REVIEW_ENTITY_SUMMARY_ENTITY_PK_VALUE_STORE_ID_ENTITY_TYPE (entity_pk_value, store_id, entity_type),
    KEY REVIEW_ENTITY_SUMMARY_STORE_ID (store_id),
    CONSTRAINT REVIEW_ENTITY_SUMMARY_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE review_status (
    status_id   SMALLINT(5) UNSIGNED NOT NULL AUTO_INCREMENT,
    status_code VARCHAR(32) NOT NULL,
    PRIMARY KEY (status_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE review_store (
    review_id BIGINT(20) UNSIGNED NOT NULL,
    store_id  SMALLINT(5) UNSIGNED NOT NULL,
    PRIMARY KEY (review_id, store_id),
    KEY REVIEW_STORE_STORE_ID (store_id),
    CONSTRAINT REVIEW_STORE_REVIEW_ID_REVIEW_REVIEW_ID FOREIGN KEY (review_id) REFERENCES review (review_id) ON DELETE CASCADE,
    CONSTRAINT REVIEW_STORE_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE rating (
    rating_id   SMALLINT(5) UNSIGNED NOT NULL AUTO_INCREMENT,
    entity_id   SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    rating_code VARCHAR(64) NOT NULL,
    position    SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    is_active   SMALLINT(6) NOT NULL DEFAULT 1,
    PRIMARY KEY (rating_id),
    UNIQUE KEY RATING_RATING_CODE (rating_code),
    KEY RATING_ENTITY_ID (entity_id),
    CONSTRAINT RATING_ENTITY_ID_RATING_ENTITY_ENTITY_ID FOREIGN KEY (entity_id) REFERENCES rating_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE rating_entity (
    entity_id   SMALLINT(5) UNSIGNED NOT NULL AUTO_INCREMENT,
    entity_code VARCHAR(64) NOT NULL,
    PRIMARY KEY (entity_id),
    UNIQUE KEY RATING_ENTITY_ENTITY_CODE (entity_code)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE rating_option (
    option_id INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    rating_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    code      VARCHAR(32) NOT NULL,
    value     SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    position  SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (option_id),
    KEY RATING_OPTION_RATING_ID (rating_id),
    CONSTRAINT RATING_OPTION_RATING_ID_RATING_RATING_ID FOREIGN KEY (rating_id) REFERENCES rating (rating_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE rating_option_vote (
    vote_id         BIGINT(20) UNSIGNED NOT NULL AUTO_INCREMENT,
    option_id       INT(10) UNSIGNED NOT NULL DEFAULT 0,
    remote_ip       VARCHAR(16) NOT NULL,
    remote_ip_long  BIGINT(20) NOT NULL DEFAULT 0,
    customer_id     INT(10) UNSIGNED DEFAULT 0,
    entity_pk_value BIGINT(20) UNSIGNED NOT NULL DEFAULT 0,
    rating_id       SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    review_id       BIGINT(20) UNSIGNED DEFAULT NULL,
    percent         SMALLINT(6) NOT NULL DEFAULT 0,
    value           SMALLINT(6) NOT NULL DEFAULT 0,
    PRIMARY KEY (vote_id),
    KEY RATING_OPTION_VOTE_REVIEW_ID_REVIEW_REVIEW_ID (review_id),
    KEY RATING_OPTION_VOTE_OPTION_ID (option_id),
    CONSTRAINT RATING_OPTION_VOTE_OPTION_ID_RATING_OPTION_OPTION_ID FOREIGN KEY (option_id) REFERENCES rating_option (option_id) ON DELETE CASCADE,
    CONSTRAINT RATING_OPTION_VOTE_REVIEW_ID_REVIEW_REVIEW_ID FOREIGN KEY (review_id) REFERENCES review (review_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE rating_option_vote_aggregated (
    primary_id       INT(11) NOT NULL AUTO_INCREMENT,
    rating_id        SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    entity_pk_value  BIGINT(20) UNSIGNED NOT NULL DEFAULT 0,
    vote_count       INT(10) UNSIGNED NOT NULL DEFAULT 0,
    vote_value_sum   INT(10) UNSIGNED NOT NULL DEFAULT 0,
    percent          SMALLINT(6) NOT NULL DEFAULT 0,
    percent_approved SMALLINT(6) DEFAULT 0,
    store_id         SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (primary_id),
    KEY RATING_OPTION_VOTE_AGGREGATED_RATING_ID (rating_id),
    KEY RATING_OPTION_VOTE_AGGREGATED_STORE_ID (store_id),
    CONSTRAINT RATING_OPTION_VOTE_AGGREGATED_RATING_ID_RATING_RATING_ID FOREIGN KEY (rating_id) REFERENCES rating (rating_id) ON DELETE CASCADE,
    CONSTRAINT RATING_OPTION_VOTE_AGGREGATED_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE rating_store (
    rating_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    store_id  SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    PRIMARY KEY (rating_id, store_id),
    KEY RATING_STORE_STORE_ID (store_id),
    CONSTRAINT RATING_STORE_RATING_ID_RATING_RATING_ID FOREIGN KEY (rating_id) REFERENCES rating (rating_id) ON DELETE CASCADE,
    CONSTRAINT RATING_STORE_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE rating_title (
    rating_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    store_id  SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    value     VARCHAR(255) NOT NULL,
    PRIMARY KEY (rating_id, store_id),
    KEY RATING_TITLE_STORE_ID (store_id),
    CONSTRAINT RATING_TITLE_RATING_ID_RATING_RATING_ID FOREIGN KEY (rating_id) REFERENCES rating (rating_id) ON DELETE CASCADE,
    CONSTRAINT RATING_TITLE_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;
