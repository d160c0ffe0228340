create table deduplication_secret (
    id integer not null primary key,
    secret bytea not null
);
