create table parity_total (
    slice_id varchar(100) character set ascii collate ascii_bin not null primary key,
    since datetime(6) not null,
    compared bigint unsigned not null,
    different bigint unsigned not null,
    noisy bigint unsigned not null,
    raced bigint unsigned not null,
    dropped bigint unsigned not null,
    uncomparable bigint unsigned not null,
    noise_compared bigint unsigned not null
) engine=InnoDB default charset=utf8mb4;

-- group_hash: SHA-256 of path and kind, since a path may be longer than an index takes. samples: a JSON list, the oldest first.
create table parity_group (
    slice_id varchar(100) character set ascii collate ascii_bin not null,
    group_hash char(64) character set ascii collate ascii_bin not null,
    path varchar(500) not null,
    kind varchar(16) character set ascii not null,
    seen bigint unsigned not null,
    noise_seen bigint unsigned not null,
    first_seen datetime(6) not null,
    last_seen datetime(6) not null,
    samples json not null,
    primary key (slice_id, group_hash)
) engine=InnoDB default charset=utf8mb4;
