create table metric (
    measure text not null,
    owner_id text not null,
    detail text not null,
    step_s bigint not null,
    bucket_ms bigint not null,
    value bigint not null,
    primary key (measure, owner_id, detail, step_s, bucket_ms)
);

create index metric_by_time on metric (step_s, bucket_ms);

create table metric_state (
    name text not null primary key,
    content bytea not null
);
