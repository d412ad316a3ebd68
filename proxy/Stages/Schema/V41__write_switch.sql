-- Which side owns what a slice writes, and whether it may be written now. Scope 'rehearsal' is a second set for marked requests alone.
create table write_state (
    slice_id varchar(100) character set ascii collate ascii_bin not null,
    scope varchar(16) character set ascii not null,
    record varchar(16) character set ascii not null,
    gate varchar(16) character set ascii not null,
    switch_id bigint unsigned null,
    changed_at datetime(6) not null,
    primary key (slice_id, scope)
) engine=InnoDB default charset=utf8mb4;

-- One switch of writes. Whoever's epoch it is runs it; outcome null means under way.
create table write_switch (
    id bigint unsigned not null auto_increment primary key,
    slice_id varchar(100) character set ascii collate ascii_bin not null,
    scope varchar(16) character set ascii not null,
    from_side varchar(16) character set ascii not null,
    to_side varchar(16) character set ascii not null,
    dry_run boolean not null,
    who varchar(100) not null,
    reason varchar(1000) not null,
    step varchar(16) character set ascii not null,
    outcome varchar(16) character set ascii null,
    detail varchar(2000) null,
    started_at datetime(6) not null,
    frozen_at datetime(6) null,
    released_at datetime(6) null,
    finished_at datetime(6) null,
    coordinator varchar(100) character set ascii not null,
    epoch int unsigned not null,
    lease_until datetime(6) not null,
    cancel_by varchar(100) null,
    cancel_reason varchar(1000) null,
    key by_slice (slice_id, id),
    key by_outcome (outcome, lease_until)
) engine=InnoDB default charset=utf8mb4;

create table write_switch_step (
    id bigint unsigned not null auto_increment primary key,
    switch_id bigint unsigned not null,
    step varchar(16) character set ascii not null,
    at datetime(6) not null,
    text varchar(2000) not null,
    ok boolean not null,
    key by_switch (switch_id, id)
) engine=InnoDB default charset=utf8mb4;

create table write_switch_replica (
    switch_id bigint unsigned not null,
    replica varchar(100) character set ascii not null,
    gate varchar(16) character set ascii not null,
    in_flight int not null,
    held int not null,
    refused int not null,
    version bigint unsigned not null,
    confirmed_at datetime(6) not null,
    primary key (switch_id, replica)
) engine=InnoDB default charset=utf8mb4;

create table rehearsal (
    id bigint unsigned not null auto_increment primary key,
    slice_id varchar(100) character set ascii collate ascii_bin not null,
    started_at datetime(6) not null,
    finished_at datetime(6) not null,
    passed boolean not null,
    forward_milliseconds double null,
    forward_frozen_milliseconds double null,
    reverse_milliseconds double null,
    reverse_frozen_milliseconds double null,
    requests int not null,
    failed int not null,
    who varchar(100) not null,
    reason varchar(1000) not null,
    detail varchar(2000) not null,
    key by_slice (slice_id, id)
) engine=InnoDB default charset=utf8mb4;
