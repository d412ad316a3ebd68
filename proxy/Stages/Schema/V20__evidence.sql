-- Since when the slice stands where it stands, by this database's clock: ages are reckoned against it alone.
alter table slice_stage add column stood_since datetime(6) not null default '2000-01-01 00:00:00';
update slice_stage set stood_since = utc_timestamp(6);

-- What each replica counted between two of its writings; at is when it was written. Old rows are added up into one a minute.
create table evidence (
    id bigint unsigned not null auto_increment primary key,
    slice_id varchar(100) character set ascii collate ascii_bin not null,
    side tinyint unsigned not null,
    at datetime(6) not null,
    replica varchar(100) character set ascii not null,
    sequence bigint unsigned not null,
    metrics varbinary(1000) not null,
    latencies blob not null,
    failures varchar(2000) null,
    unique key written_once (replica, sequence, slice_id, side),
    key by_time (slice_id, at)
) engine=InnoDB default charset=utf8mb4;

create table lease (
    name varchar(64) character set ascii not null primary key,
    holder varchar(100) character set ascii not null,
    taken_at datetime(6) not null,
    expires_at datetime(6) not null
) engine=InnoDB default charset=utf8mb4;

create table ramp (
    slice_id varchar(100) character set ascii collate ascii_bin not null primary key,
    state varchar(16) character set ascii not null,
    stage_version bigint unsigned not null,
    rollbacks int unsigned not null,
    hold_until datetime(6) null,
    note varchar(1000) not null,
    started_by varchar(100) not null,
    started_at datetime(6) not null,
    changed_at datetime(6) not null
) engine=InnoDB default charset=utf8mb4;

-- One signed document for each promotion and rollback. document is what was signed, byte for byte.
create table evidence_pack (
    id bigint unsigned not null auto_increment primary key,
    slice_id varchar(100) character set ascii collate ascii_bin not null,
    audit_id bigint unsigned not null,
    kind varchar(16) character set ascii not null,
    at datetime(6) not null,
    document longtext not null,
    signature varchar(200) character set ascii not null,
    key_id varchar(32) character set ascii not null,
    key by_slice (slice_id, id),
    key by_audit (audit_id)
) engine=InnoDB default charset=utf8mb4;
