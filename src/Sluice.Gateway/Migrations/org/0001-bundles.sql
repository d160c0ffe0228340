-- Revisions of proxies and shared flows: immutable, one row each; what of them is deployed is kept by environment.
create table gateway_revision (
    kind text not null,
    name text not null,
    revision bigint not null,
    zip bytea not null,
    display_name text not null,
    description text not null,
    created_ms bigint not null,
    created_by text not null,
    primary key (kind, name, revision)
);

-- Keys that seal cache entries and key value maps, each wrapped by the installation's data protection.
create table gateway_key (
    number bigint primary key,
    wrapped text not null,
    created_ms bigint not null
);
