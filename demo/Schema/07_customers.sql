CREATE TABLE customer_entity (
    entity_id                 INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    website_id                SMALLINT(5) UNSIGNED DEFAULT NULL,
    email                     VARCHAR(255) DEFAULT NULL,
    group_id                  SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    increment_id              VARCHAR(50) DEFAULT NULL,
    store_id                  SMALLINT(5) UNSIGNED DEFAULT 0,
    created_at                TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at                TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    is_active                 SMALLINT(5) UNSIGNED NOT NULL DEFAULT 1,
    disable_auto_group_change SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    created_in                VARCHAR(255) DEFAULT NULL,
    prefix                    VARCHAR(40) DEFAULT NULL,
    firstname                 VARCHAR(255) DEFAULT NULL,
    middlename                VARCHAR(255) DEFAULT NULL,
    lastname                  VARCHAR(255) DEFAULT NULL,
    suffix                    VARCHAR(40) DEFAULT NULL,
    dob                       DATE DEFAULT NULL,
    password_hash             VARCHAR(128) DEFAULT NULL,
    rp_token                  VARCHAR(128) DEFAULT NULL,
    rp_token_created_at       DATETIME DEFAULT NULL,
    default_billing           INT(10) UNSIGNED DEFAULT NULL,
    default_shipping          INT(10) UNSIGNED DEFAULT NULL,
    taxvat                    VARCHAR(50) DEFAULT NULL,
    confirmation              VARCHAR(64) DEFAULT NULL,
    gender                    SMALLINT(5) UNSIGNED DEFAULT NULL,
    failures_num              SMALLINT(6) DEFAULT 0,
    first_failure             TIMESTAMP NULL DEFAULT NULL,
    lock_expires              TIMESTAMP NULL DEFAULT NULL,
    session_cutoff            TIMESTAMP NULL DEFAULT NULL,
    PRIMARY KEY (entity_id),
    UNIQUE KEY CUSTOMER_ENTITY_EMAIL_WEBSITE_ID (email, website_id),
    KEY CUSTOMER_ENTITY_STORE_ID (store_id),
    KEY CUSTOMER_ENTITY_WEBSITE_ID (website_id),
    KEY CUSTOMER_ENTITY_FIRSTNAME (firstname),
    KEY CUSTOMER_ENTITY_LASTNAME (lastname),
    CONSTRAINT CUSTOMER_ENTITY_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE SET NULL,
    CONSTRAINT CUSTOMER_ENTITY_WEBSITE_ID_STORE_WEBSITE_WEBSITE_ID FOREIGN KEY (website_id) REFERENCES store_website (website_id) ON DELETE SET NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE customer_entity_datetime (
    value_id     INT(11) NOT NULL AUTO_INCREMENT,
    attribute_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    entity_id    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    value        DATETIME DEFAULT NULL,
    PRIMARY KEY (value_id),
    UNIQUE KEY CUSTOMER_ENTITY_DATETIME_ENTITY_ID_ATTRIBUTE_ID (entity_id, attribute_id),
    KEY CUSTOMER_ENTITY_DATETIME_ATTRIBUTE_ID (attribute_id),
    KEY CUSTOMER_ENTITY_DATETIME_ENTITY_ID_ATTRIBUTE_ID_VALUE (entity_id, attribute_id, value),
    CONSTRAINT CUSTOMER_ENTITY_DATETIME_ATTRIBUTE_ID_EAV_ATTRIBUTE_ATTRIBUTE_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE,
    CONSTRAINT CUSTOMER_ENTITY_DATETIME_ENTITY_ID_CUSTOMER_ENTITY_ENTITY_ID FOREIGN KEY (entity_id) REFERENCES customer_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE customer_entity_decimal (
    value_id     INT(11) NOT NULL AUTO_INCREMENT,
    attribute_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    entity_id    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    value        DECIMAL(12,4) NOT NULL DEFAULT 0.0000,
    PRIMARY KEY (value_id),
    UNIQUE KEY CUSTOMER_ENTITY_DECIMAL_ENTITY_ID_ATTRIBUTE_ID (entity_id, attribute_id),
    KEY CUSTOMER_ENTITY_DECIMAL_ATTRIBUTE_ID (attribute_id),
    KEY CUSTOMER_ENTITY_DECIMAL_ENTITY_ID_ATTRIBUTE_ID_VALUE (entity_id, attribute_id, value),
    CONSTRAINT CUSTOMER_ENTITY_DECIMAL_ATTRIBUTE_ID_EAV_ATTRIBUTE_ATTRIBUTE_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE,
    CONSTRAINT CUSTOMER_ENTITY_DECIMAL_ENTITY_ID_CUSTOMER_ENTITY_ENTITY_ID FOREIGN KEY (entity_id) REFERENCES customer_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE customer_entity_int (
    value_id     INT(11) NOT NULL AUTO_INCREMENT,
    attribute_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    entity_id    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    value        INT(11) NOT NULL DEFAULT 0,
    PRIMARY KEY (value_id),
    UNIQUE KEY CUSTOMER_ENTITY_INT_ENTITY_ID_ATTRIBUTE_ID (entity_id, attribute_id),
    KEY CUSTOMER_ENTITY_INT_ATTRIBUTE_ID (attribute_id),
    KEY CUSTOMER_ENTITY_INT_ENTITY_ID_ATTRIBUTE_ID_VALUE (entity_id, attribute_id, value),
    CONSTRAINT CUSTOMER_ENTITY_INT_ATTRIBUTE_ID_EAV_ATTRIBUTE_ATTRIBUTE_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE,
    CONSTRAINT CUSTOMER_ENTITY_INT_ENTITY_ID_CUSTOMER_ENTITY_ENTITY_ID FOREIGN KEY (entity_id) REFERENCES customer_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE customer_entity_text (
    value_id     INT(11) NOT NULL AUTO_INCREMENT,
    attribute_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    entity_id    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    value        TEXT NOT NULL,
    PRIMARY KEY (value_id),
    UNIQUE KEY CUSTOMER_ENTITY_TEXT_ENTITY_ID_ATTRIBUTE_ID (entity_id, attribute_id),
    KEY CUSTOMER_ENTITY_TEXT_ATTRIBUTE_ID (attribute_id),
    CONSTRAINT CUSTOMER_ENTITY_TEXT_ATTRIBUTE_ID_EAV_ATTRIBUTE_ATTRIBUTE_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE,
    CONSTRAINT CUSTOMER_ENTITY_TEXT_ENTITY_ID_CUSTOMER_ENTITY_ENTITY_ID FOREIGN KEY (entity_id) REFERENCES customer_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE customer_entity_varchar (
    value_id     INT(11) NOT NULL AUTO_INCREMENT,
    attribute_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    entity_id    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    value        VARCHAR(255) DEFAULT NULL,
    PRIMARY KEY (value_id),
    UNIQUE KEY CUSTOMER_ENTITY_VARCHAR_ENTITY_ID_ATTRIBUTE_ID (entity_id, attribute_id),
    KEY CUSTOMER_ENTITY_VARCHAR_ATTRIBUTE_ID (attribute_id),
    KEY CUSTOMER_ENTITY_VARCHAR_ENTITY_ID_ATTRIBUTE_ID_VALUE (entity_id, attribute_id, value),
    CONSTRAINT CUSTOMER_ENTITY_VARCHAR_ATTRIBUTE_ID_EAV_ATTRIBUTE_ATTRIBUTE_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE,
    CONSTRAINT CUSTOMER_ENTITY_VARCHAR_ENTITY_ID_CUSTOMER_ENTITY_ENTITY_ID FOREIGN KEY (entity_id) REFERENCES customer_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE customer_address_entity (
    entity_id           INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    increment_id        VARCHAR(50) DEFAULT NULL,
    parent_id           INT(10) UNSIGNED DEFAULT NULL,
    created_at          TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at          TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    is_active           SMALLINT(5) UNSIGNED NOT NULL DEFAULT 1,
    city                VARCHAR(255) NOT NULL,
    company             VARCHAR(255) DEFAULT NULL,
    country_id          VARCHAR(255) NOT NULL,
    fax                 VARCHAR(255) DEFAULT NULL,
    firstname           VARCHAR(255) NOT NULL,
    lastname            VARCHAR(255) NOT NULL,
    middlename          VARCHAR(255) DEFAULT NULL,
    postcode            VARCHAR(255) DEFAULT NULL,
    prefix              VARCHAR(40) DEFAULT NULL,
    region              VARCHAR(255) DEFAULT NULL,
    region_id           INT(10) UNSIGNED DEFAULT NULL,
    street              TEXT NOT NULL,
    suffix              VARCHAR(40) DEFAULT NULL,
    telephone           VARCHAR(255) NOT NULL,
    vat_id              VARCHAR(255) DEFAULT NULL,
    vat_is_valid        INT(10) UNSIGNED DEFAULT NULL,
    vat_request_date    VARCHAR(255) DEFAULT NULL,
    vat_request_id      VARCHAR(255) DEFAULT NULL,
    vat_request_success INT(10) UNSIGNED DEFAULT NULL,
    PRIMARY KEY (entity_id),
    KEY CUSTOMER_ADDRESS_ENTITY_PARENT_ID (parent_id),
    CONSTRAINT CUSTOMER_ADDRESS_ENTITY_PARENT_ID_CUSTOMER_ENTITY_ENTITY_ID FOREIGN KEY (parent_id) REFERENCES customer_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE customer_address_entity_datetime (
    value_id     INT(11) NOT NULL AUTO_INCREMENT,
    attribute_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    entity_id    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    value        DATETIME DEFAULT NULL,
    PRIMARY KEY (value_id),
    UNIQUE KEY CUSTOMER_ADDRESS_ENTITY_DATETIME_ENTITY_ID_ATTRIBUTE_ID (entity_id, attribute_id),
    KEY CUSTOMER_ADDRESS_ENTITY_DATETIME_ATTRIBUTE_ID (attribute_id),
    KEY CUSTOMER_ADDRESS_ENTITY_DATETIME_ENTITY_ID_ATTRIBUTE_ID_VALUE (entity_id, attribute_id, value),
    CONSTRAINT CSTR_ADDR_ENTT_DTIME_ATTR_ID_EAV_ATTR_ATTR_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE,
    CONSTRAINT CSTR_ADDR_ENTT_DTIME_ENTT_ID_CSTR_ADDR_ENTT_ENTT_ID FOREIGN KEY (entity_id) REFERENCES customer_address_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE customer_address_entity_decimal (
    value_id     INT(11) NOT NULL AUTO_INCREMENT,
    attribute_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    entity_id    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    value        DECIMAL(12,4) NOT NULL DEFAULT 0.0000,
    PRIMARY KEY (value_id),
    UNIQUE KEY CUSTOMER_ADDRESS_ENTITY_DECIMAL_ENTITY_ID_ATTRIBUTE_ID (entity_id, attribute_id),
    KEY CUSTOMER_ADDRESS_ENTITY_DECIMAL_ATTRIBUTE_ID (attribute_id),
    KEY CUSTOMER_ADDRESS_ENTITY_DECIMAL_ENTITY_ID_ATTRIBUTE_ID_VALUE (entity_id, attribute_id, value),
    CONSTRAINT CSTR_ADDR_ENTT_DEC_ATTR_ID_EAV_ATTR_ATTR_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE,
    CONSTRAINT CSTR_ADDR_ENTT_DEC_ENTT_ID_CSTR_ADDR_ENTT_ENTT_ID FOREIGN KEY (entity_id) REFERENCES customer_address_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE customer_address_entity_int (
    value_id     INT(11) NOT NULL AUTO_INCREMENT,
    attribute_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    entity_id    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    value        INT(11) NOT NULL DEFAULT 0,
    PRIMARY KEY (value_id),
    UNIQUE KEY CUSTOMER_ADDRESS_ENTITY_INT_ENTITY_ID_ATTRIBUTE_ID (entity_id, attribute_id),
    KEY CUSTOMER_ADDRESS_ENTITY_INT_ATTRIBUTE_ID (attribute_id),
    KEY CUSTOMER_ADDRESS_ENTITY_INT_ENTITY_ID_ATTRIBUTE_ID_VALUE (entity_id, attribute_id, value),
    CONSTRAINT CSTR_ADDR_ENTT_INT_ATTR_ID_EAV_ATTR_ATTR_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE,
    CONSTRAINT CSTR_ADDR_ENTT_INT_ENTT_ID_CSTR_ADDR_ENTT_ENTT_ID FOREIGN KEY (entity_id) REFERENCES customer_address_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE customer_address_entity_text (
    value_id     INT(11) NOT NULL AUTO_INCREMENT,
    attribute_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    entity_id    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    value        TEXT NOT NULL,
    PRIMARY KEY (value_id),
    UNIQUE KEY CUSTOMER_ADDRESS_ENTITY_TEXT_ENTITY_ID_ATTRIBUTE_ID (entity_id, attribute_id),
    KEY CUSTOMER_ADDRESS_ENTITY_TEXT_ATTRIBUTE_ID (attribute_id),
    CONSTRAINT CSTR_ADDR_ENTT_TEXT_ATTR_ID_EAV_ATTR_ATTR_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE,
    CONSTRAINT CSTR_ADDR_ENTT_TEXT_ENTT_ID_CSTR_ADDR_ENTT_ENTT_ID FOREIGN KEY (entity_id) REFERENCES customer_address_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE customer_address_entity_varchar (
    value_id     INT(11) NOT NULL AUTO_INCREMENT,
    attribute_id SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    entity_id    INT(10) UNSIGNED NOT NULL DEFAULT 0,
    value        VARCHAR(255) DEFAULT NULL,
    PRIMARY KEY (value_id),
    UNIQUE KEY CUSTOMER_ADDRESS_ENTITY_VARCHAR_ENTITY_ID_ATTRIBUTE_ID (entity_id, attribute_id),
    KEY CUSTOMER_ADDRESS_ENTITY_VARCHAR_ATTRIBUTE_ID (attribute_id),
    KEY CUSTOMER_ADDRESS_ENTITY_VARCHAR_ENTITY_ID_ATTRIBUTE_ID_VALUE (entity_id, attribute_id, value),
    CONSTRAINT CSTR_ADDR_ENTT_VCHR_ATTR_ID_EAV_ATTR_ATTR_ID FOREIGN KEY (attribute_id) REFERENCES eav_attribute (attribute_id) ON DELETE CASCADE,
    CONSTRAINT CSTR_ADDR_ENTT_VCHR_ENTT_ID_CSTR_ADDR_ENTT_ENTT_ID FOREIGN KEY (entity_id) REFERENCES customer_address_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE customer_grid_flat (
    entity_id          INT(10) UNSIGNED NOT NULL,
    name               TEXT DEFAULT NULL,
    email              VARCHAR(255) DEFAULT NULL,
    group_id           INT(11) DEFAULT NULL,
    created_at         TIMESTAMP NULL DEFAULT NULL,
    website_id         INT(11) DEFAULT NULL,
    confirmation       VARCHAR(255) DEFAULT NULL,
    created_in         TEXT DEFAULT NULL,
    dob                DATE DEFAULT NULL,
    gender             INT(11) DEFAULT NULL,
    taxvat             VARCHAR(255) DEFAULT NULL,
    lock_expires       TIMESTAMP NULL DEFAULT NULL,
    shipping_full      TEXT DEFAULT NULL,
    billing_full       TEXT DEFAULT NULL,
    billing_firstname  VARCHAR(255) DEFAULT NULL,
    billing_lastname   VARCHAR(255) DEFAULT NULL,
    billing_telephone  VARCHAR(255) DEFAULT NULL,
    billing_postcode   VARCHAR(255) DEFAULT NULL,
    billing_country_id VARCHAR(255) DEFAULT NULL,
    billing_region     VARCHAR(255) DEFAULT NULL,
    billing_region_id  INT(11) DEFAULT NULL,
    billing_street     VARCHAR(255) DEFAULT NULL,
    billing_city       VARCHAR(255) DEFAULT NULL,
    billing_fax        VARCHAR(255) DEFAULT NULL,
    billing_vat_id     VARCHAR(255) DEFAULT NULL,
    billing_company    VARCHAR(255) DEFAULT NULL,
    PRIMARY KEY (entity_id),
    KEY CUSTOMER_GRID_FLAT_GROUP_ID (group_id),
    KEY CUSTOMER_GRID_FLAT_CREATED_AT (created_at),
    KEY CUSTOMER_GRID_FLAT_WEBSITE_ID (website_id),
    KEY CUSTOMER_GRID_FLAT_CONFIRMATION (confirmation),
    KEY CUSTOMER_GRID_FLAT_DOB (dob),
    KEY CUSTOMER_GRID_FLAT_GENDER (gender),
    KEY CUSTOMER_GRID_FLAT_BILLING_COUNTRY_ID (billing_country_id),
    FULLTEXT KEY FTI_8746F705702DD5F6D45B8C7CE7FE9F2F (name, email, created_in, taxvat, shipping_full, billing_full, billing_firstname, billing_lastname, billing_telephone, billing_postcode, billing_region, billing_city, billing_fax, billing_company)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE customer_log (
    log_id         INT(11) NOT NULL AUTO_INCREMENT,
    customer_id    INT(11) NOT NULL,
    last_login_at  TIMESTAMP NULL DEFAULT NULL,
    last_logout_at TIMESTAMP NULL DEFAULT NULL,
    PRIMARY KEY (log_id),
    UNIQUE KEY CUSTOMER_LOG_CUSTOMER_ID (customer_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE customer_visitor (
    visitor_id    BIGINT(20) UNSIGNED NOT NULL AUTO_INCREMENT,
    customer_id   INT(11) DEFAULT NULL,
    session_id    VARCHAR(1) DEFAULT NULL,
    created_at    TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    last_visit_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    PRIMARY KEY (visitor_id),
    KEY CUSTOMER_VISITOR_CUSTOMER_ID (customer_id),
    KEY CUSTOMER_VISITOR_LAST_VISIT_AT (last_visit_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE newsletter_subscriber (
    subscriber_id           INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    store_id                SMALLINT(5) UNSIGNED DEFAULT 0,
    change_status_at        TIMESTAMP NULL DEFAULT NULL,
    customer_id             INT(10) UNSIGNED NOT NULL DEFAULT 0,
    subscriber_email        VARCHAR(150) DEFAULT NULL,
    subscriber_status       INT(11) NOT NULL DEFAULT 0,
    subscriber_confirm_code VARCHAR(32) DEFAULT 'NULL',
    PRIMARY KEY (subscriber_id),
    KEY NEWSLETTER_SUBSCRIBER_CUSTOMER_ID (customer_id),
    KEY NEWSLETTER_SUBSCRIBER_STORE_ID (store_id),
    KEY NEWSLETTER_SUBSCRIBER_SUBSCRIBER_EMAIL (subscriber_email),
    CONSTRAINT NEWSLETTER_SUBSCRIBER_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE SET NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE wishlist (
    wishlist_id  INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    customer_id  INT(10) UNSIGNED NOT NULL DEFAULT 0,
    shared       SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    sharing_code VARCHAR(32) DEFAULT NULL,
    updated_at   TIMESTAMP NULL DEFAULT NULL,
    PRIMARY KEY (wishlist_id),
    UNIQUE KEY WISHLIST_CUSTOMER_ID (customer_id),
    KEY WISHLIST_SHARED (shared),
    CONSTRAINT WISHLIST_CUSTOMER_ID_CUSTOMER_ENTITY_ENTITY_ID FOREIGN KEY (customer_id) REFERENCES customer_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE wishlist_item (
    wishlist_item_id INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    wishlist_id      INT(10) UNSIGNED NOT NULL DEFAULT 0,
    product_id       INT(10) UNSIGNED NOT NULL DEFAULT 0,
    store_id         SMALLINT(5) UNSIGNED DEFAULT NULL,
    added_at         TIMESTAMP NULL DEFAULT NULL,
    description      TEXT DEFAULT NULL,
    qty              DECIMAL(12,4) NOT NULL,
    PRIMARY KEY (wishlist_item_id),
    KEY WISHLIST_ITEM_WISHLIST_ID (wishlist_id),
    KEY WISHLIST_ITEM_PRODUCT_ID (product_id),
    KEY WISHLIST_ITEM_STORE_ID (store_id),
    CONSTRAINT WISHLIST_ITEM_PRODUCT_ID_CATALOG_PRODUCT_ENTITY_ENTITY_ID FOREIGN KEY (product_id) REFERENCES catalog_product_entity (entity_id) ON DELETE CASCADE,
    CONSTRAINT WISHLIST_ITEM_STORE_ID_STORE_STORE_ID FOREIGN KEY (store_id) REFERENCES store (store_id) ON DELETE SET NULL,
    CONSTRAINT WISHLIST_ITEM_WISHLIST_ID_WISHLIST_WISHLIST_ID FOREIGN KEY (wishlist_id) REFERENCES wishlist (wishlist_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE wishlist_item_option (
    option_id        INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    wishlist_item_id INT(10) UNSIGNED NOT NULL,
    product_id       INT(10) UNSIGNED NOT NULL,
    code             VARCHAR(255) NOT NULL,
    value            TEXT DEFAULT NULL,
    PRIMARY KEY (option_id),
    KEY FK_A014B30B04B72DD0EAB3EECD779728D6 (wishlist_item_id),
    CONSTRAINT FK_A014B30B04B72DD0EAB3EECD779728D6 FOREIGN KEY (wishlist_item_id) REFERENCES wishlist_item (wishlist_item_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE persistent_session (
    persistent_id INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    `key`         VARCHAR(50) NOT NULL,
    customer_id   INT(10) UNSIGNED DEFAULT NULL,
    website_id    SMALLINT(5) UNSIGNED NOT NULL DEFAULT 0,
    info          TEXT DEFAULT NULL,
    updated_at    TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    PRIMARY KEY (persistent_id),
    UNIQUE KEY PERSISTENT_SESSION_KEY (`key`),
    UNIQUE KEY PERSISTENT_SESSION_CUSTOMER_ID (customer_id),
    KEY PERSISTENT_SESSION_WEBSITE_ID_STORE_WEBSITE_WEBSITE_ID (website_id),
    KEY PERSISTENT_SESSION_UPDATED_AT (updated_at),
    CONSTRAINT PERSISTENT_SESSION_CUSTOMER_ID_CUSTOMER_ENTITY_ENTITY_ID FOREIGN KEY (customer_id) REFERENCES customer_entity (entity_id) ON DELETE CASCADE,
    CONSTRAINT PERSISTENT_SESSION_WEBSITE_ID_STORE_WEBSITE_WEBSITE_ID FOREIGN KEY (website_id) REFERENCES store_website (website_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE vault_payment_token (
    entity_id           INT(10) UNSIGNED NOT NULL AUTO_INCREMENT,
    customer_id         INT(10) UNSIGNED DEFAULT NULL,
    website_id          INT(10) UNSIGNED DEFAULT NULL,
    public_hash         VARCHAR(128) NOT NULL,
    payment_method_code VARCHAR(128) NOT NULL,
    type                VARCHAR(128) NOT NULL,
    created_at          TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    expires_at          TIMESTAMP NULL DEFAULT NULL,
    gateway_token       VARCHAR(255) NOT NULL,
    details             TEXT DEFAULT NULL,
    is_active           TINYINT(1) NOT NULL DEFAULT 1,
    is_visible          TINYINT(1) NOT NULL DEFAULT 1,
    PRIMARY KEY (entity_id),
    UNIQUE KEY VAULT_PAYMENT_TOKEN_PUBLIC_HASH (public_hash),
    UNIQUE KEY VAULT_PAYMENT_TOKEN_PAYMENT_METHOD_CODE_CSTR_ID_GATEWAY_TOKEN (payment_method_code, customer_id, gateway_token),
    KEY VAULT_PAYMENT_TOKEN_CUSTOMER_ID_CUSTOMER_ENTITY_ENTITY_ID (customer_id),
    CONSTRAINT VAULT_PAYMENT_TOKEN_CUSTOMER_ID_CUSTOMER_ENTITY_ENTITY_ID FOREIGN KEY (customer_id) REFERENCES customer_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE vault_payment_token_order_payment_link (
    order_payment_id INT(10) UNSIGNED NOT NULL,
    payment_token_id INT(10) UNSIGNED NOT NULL,
    PRIMARY KEY (order_payment_id, payment_token_id),
    KEY FK_4ED894655446D385894580BECA993862 (payment_token_id),
    CONSTRAINT FK_4ED894655446D385894580BECA993862 FOREIGN KEY (payment_token_id) REFERENCES vault_payment_token (entity_id) ON DELETE CASCADE,
    CONSTRAINT FK_CF37B9D854256534BE23C818F6291CA2 FOREIGN KEY (order_payment_id) REFERENCES sales_order_payment (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;

CREATE TABLE login_as_customer_assistance_allowed (
    customer_id INT(10) UNSIGNED NOT NULL,
    PRIMARY KEY (customer_id),
    CONSTRAINT LOGIN_AS_CSTR_ASSISTANCE_ALLOWED_CSTR_ID_CSTR_ENTT_ENTT_ID FOREIGN KEY (customer_id) REFERENCES customer_entity (entity_id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;
