create table audience_delivery (
    consumer      text   not null,
    id            bigint not null,
    position      bigint not null,
    received      bigint not null,
    attempted     bigint not null,
    delivered     bigint not null,
    failed        bigint not null,
    retried       bigint not null,
    dropped       bigint not null,
    missed        bigint not null,
    unaddressed   bigint not null,
    attempts      bigint not null,
    next_ms       bigint not null,
    waiting_ms    bigint not null,
    delivered_ms  bigint not null,
    failed_ms     bigint not null,
    last_status   bigint not null,
    last_error    text   not null,
    primary key (consumer, id)
);

create table audience_delivery_hour (
    destination bigint not null,
    hour_ms     bigint not null,
    push_id     bigint not null,
    received    bigint not null,
    attempted   bigint not null,
    success     bigint not null,
    start_ms    bigint not null,
    end_ms      bigint not null,
    primary key (destination, hour_ms)
);

create table audience_delivery_address (
    destination bigint not null,
    namespace   text   not null,
    id          text   not null,
    device      text   not null,
    partner     text   not null,
    primary key (destination, namespace, id)
);

create table audience_dead_letter (
    id          bigint  not null primary key,
    destination bigint  not null,
    at_ms       bigint  not null,
    users       text    not null,
    user_count  bigint  not null,
    attempts    bigint  not null,
    last_status bigint  not null,
    last_error  text    not null,
    waiting     boolean not null
);

create index audience_dead_letter_destination on audience_dead_letter (destination, id);

create table audience_change_webhook (
    id          bigint  not null primary key,
    name        text    not null,
    url         text    not null,
    segments    text    not null,
    enabled     boolean not null,
    secret      text    not null,
    created_ms  bigint  not null,
    modified_ms bigint  not null,
    version     bigint  not null
);
