-- What Magento wants purged of its pages, for the replicas that it has not told itself. Rows go after an hour.
create table page_purge (
  id         bigint unsigned not null auto_increment primary key,
  ordered_at datetime(6)     not null default current_timestamp(6),
  tags       mediumtext      null,
  pool       text            null,
  key ordered_at (ordered_at)
) character set utf8mb4 collate utf8mb4_bin;
