create table backfill (
    id           text   not null primary key,
    sid          bigint not null,
    from_offset  bigint not null,
    to_offset    bigint not null,
    at_offset    bigint not null,
    state        text   not null,
    realizations bigint not null,
    profiles     bigint not null,
    created_ms   bigint not null,
    updated_ms   bigint not null,
    created_by   bigint not null
);

create index backfill_sid on backfill (sid);
