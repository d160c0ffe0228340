create table population_log (
    seq bigint not null,
    piece bigint not null,
    day bigint not null,
    facts bytea not null,
    primary key (seq, piece)
);

create table population_part (
    line bigint not null,
    high bigint not null,
    content bytea not null,
    primary key (line, high)
);

create table population_day (
    line bigint not null,
    day bigint not null,
    numbers bytea not null,
    primary key (line, day)
);
