create table data_protection_key (
    key_name text not null primary key,
    xml text not null,
    created_ms bigint not null
);
