#!/usr/bin/env bash
# Run once by the MariaDB image on an empty data folder: our databases and users, each user with no more than it needs.
set -euo pipefail
mariadb --user=root --password="$MARIADB_ROOT_PASSWORD" <<SQL
CREATE DATABASE IF NOT EXISTS magento CHARACTER SET utf8mb4;
CREATE DATABASE IF NOT EXISTS strangler_catalog CHARACTER SET utf8mb4;
CREATE DATABASE IF NOT EXISTS strangler_control CHARACTER SET utf8mb4;
CREATE USER IF NOT EXISTS 'magento'@'%' IDENTIFIED BY 'magento';
GRANT ALL PRIVILEGES ON magento.* TO 'magento'@'%';
CREATE USER IF NOT EXISTS 'cdc'@'%' IDENTIFIED BY 'cdc';
GRANT SELECT ON magento.* TO 'cdc'@'%';
GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO 'cdc'@'%';
CREATE USER IF NOT EXISTS 'catalog'@'%' IDENTIFIED BY '${CATALOG_PASSWORD:-catalog}';
GRANT ALL PRIVILEGES ON strangler_catalog.* TO 'catalog'@'%';
CREATE USER IF NOT EXISTS 'control'@'%' IDENTIFIED BY '${CONTROL_PASSWORD:-control}';
GRANT ALL PRIVILEGES ON strangler_control.* TO 'control'@'%';
SQL
