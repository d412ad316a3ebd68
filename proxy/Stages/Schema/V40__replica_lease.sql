alter table replica
    add column lease_milliseconds int unsigned not null default 0,
    add column fencing varchar(16) character set ascii not null default 'switching';
