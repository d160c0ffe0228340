create table replay (
    replay_id text not null primary key,
    from_offset bigint not null,
    to_offset bigint not null,
    dataset_id text not null,
    state text not null,
    reason text not null,
    at_offset bigint not null,
    windows_total bigint not null,
    windows_done bigint not null,
    bytes_total bigint not null,
    bytes_done bigint not null,
    batches_replaced bigint not null,
    records bigint not null,
    created_ms bigint not null,
    created_by text not null,
    updated_ms bigint not null
);
