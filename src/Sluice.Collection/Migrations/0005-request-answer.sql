create table request_answer (
    key_hash bytea not null primary key,
    body_hash bytea not null,
    expires_s bigint not null,
    status integer not null,
    answer bytea not null,
    time_at integer not null,
    time_ms bigint not null
);

create index request_answer_by_expiry on request_answer (expires_s);
