create table control_state (
    id tinyint unsigned not null primary key,
    version bigint unsigned not null,
    kill_switch boolean not null
) engine=InnoDB default charset=utf8mb4;

insert into control_state (id, version, kill_switch) values (1, 0, false);

create table slice_stage (
    slice_id varchar(100) character set ascii collate ascii_bin not null primary key,
    stage varchar(16) character set ascii not null,
    percent decimal(6,3) not null,
    rules json not null,
    version bigint unsigned not null,
    changed_at datetime(6) not null
) engine=InnoDB default charset=utf8mb4;

-- Append-only. hash covers the row and the previous row's hash, so a changed or missing row shows.
create table audit_log (
    id bigint unsigned not null auto_increment primary key,
    at datetime(6) not null,
    who varchar(100) not null,
    action varchar(32) character set ascii not null,
    slice_id varchar(100) character set ascii collate ascii_bin null,
    from_state json null,
    to_state json null,
    reason varchar(1000) not null,
    hash char(64) character set ascii not null
) engine=InnoDB default charset=utf8mb4;

create table replica (
    id varchar(100) character set ascii not null primary key,
    version bigint unsigned not null,
    catalog_hash char(64) character set ascii not null,
    seen_at datetime(6) not null
) engine=InnoDB default charset=utf8mb4;
