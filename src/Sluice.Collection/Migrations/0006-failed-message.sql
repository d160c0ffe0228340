create table failure_group (
    fingerprint text not null primary key,
    schema_id text not null,
    code text not null,
    keyword text not null,
    pointer text not null,
    property text not null,
    message text not null
);

create table failure_lines (
    batch_id text not null,
    fingerprint text not null,
    total_count bigint not null,
    open_count bigint not null,
    first_ms bigint not null,
    last_ms bigint not null,
    open_lines bytea not null,
    primary key (batch_id, fingerprint)
);

create index failure_lines_by_fingerprint on failure_lines (fingerprint, batch_id);

create table failure_fix (
    fix_id text not null primary key,
    fingerprint text not null,
    patch text not null,
    is_dry_run boolean not null,
    state text not null,
    last_batch_id text not null,
    at_batch_id text not null,
    at_line bigint not null,
    total bigint not null,
    passed bigint not null,
    duplicate bigint not null,
    refused bigint not null,
    unreadable bigint not null,
    from_offset bigint not null,
    next_offset bigint not null,
    detail text not null,
    created_ms bigint not null,
    created_by text not null,
    updated_ms bigint not null
);
