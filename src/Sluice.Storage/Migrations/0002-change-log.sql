create table change_log (
    seq bigint not null primary key,
    kind text not null,
    subject text not null,
    at_ms bigint not null
);
