create table profile (
    number    integer not null primary key,
    namespace text    not null,
    id        text    not null,
    next_day  integer not null,
    state     bytea   not null
);

create unique index profile_id on profile (id, namespace);

create index profile_next_day on profile (next_day);

create table profile_rule (
    kind       text   not null,
    id         bigint not null,
    definition text   not null,
    life       text,
    live_from  bigint not null,
    primary key (kind, id)
);

create table profile_engine (
    name  text   not null primary key,
    value bigint not null
);

create table segment_change (
    seq       bigint   not null primary key,
    at        bigint   not null,
    profile   integer  not null,
    namespace text     not null,
    id        text     not null,
    segment   bigint   not null,
    entered   boolean  not null,
    cause     text     not null,
    detail    text not null
);

create index segment_change_at on segment_change (at);
