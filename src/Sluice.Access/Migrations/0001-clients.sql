create table client (
    client_id text not null primary key,
    name text not null,
    kind text not null,
    secret_salt text not null,
    secret_hash text not null,
    created_ms bigint not null
);

create table account (
    account_id bigint not null primary key,
    username text not null unique,
    password_hash text not null,
    is_admin boolean not null,
    created_ms bigint not null
);

create table signing_key (
    key_id text not null primary key,
    private_key_pem text not null,
    created_ms bigint not null
);

create table organisation (
    org_id text not null primary key,
    tenant_id text not null,
    created_ms bigint not null
);
