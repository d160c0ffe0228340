create table webhook (
    webhook_id text not null primary key,
    name text not null,
    url text not null,
    events text not null,
    data_sets text not null,
    enabled boolean not null,
    secret text not null,
    created_ms bigint not null,
    created_by text not null,
    modified_ms bigint not null,
    version bigint not null
);

create table webhook_delivery (
    delivery_id text not null primary key,
    number bigint not null unique,
    webhook_id text not null,
    batch_id text not null,
    event_code text not null,
    payload text not null,
    state text not null,
    attempts bigint not null,
    next_ms bigint not null,
    created_ms bigint not null,
    finished_ms bigint not null,
    last_status bigint not null,
    last_answer text not null,
    unique (webhook_id, batch_id)
);

create index webhook_delivery_by_state on webhook_delivery (webhook_id, state, number);
create index webhook_delivery_by_end on webhook_delivery (state, finished_ms);
