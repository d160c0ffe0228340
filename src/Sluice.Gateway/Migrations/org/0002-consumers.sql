-- Developers, their apps, the credentials of those, and the API products that credentials are for. Bodies are JSON; secrets are sealed.
create table gateway_developer (
    id text not null primary key,
    email text not null unique,
    body text not null
);
create table gateway_app (
    id text not null primary key,
    developer_id text not null,
    name text not null,
    body text not null,
    unique (developer_id, name)
);
create table gateway_credential (
    consumer_key text not null primary key,
    app_id text not null,
    secret_sealed bytea not null,
    position bigint not null,
    body text not null
);
create index gateway_credential_app on gateway_credential (app_id);
-- Which products credentials name, so that one in use is not deleted.
create table gateway_credential_product (
    consumer_key text not null,
    product text not null,
    primary key (consumer_key, product)
);
create index gateway_credential_product_name on gateway_credential_product (product);
create table gateway_product (
    name text not null primary key,
    body text not null
);

-- Key value maps of the organization and of proxies. Values are sealed.
create table gateway_map (
    owner text not null,
    name text not null,
    is_encrypted boolean not null,
    created_ms bigint not null,
    primary key (owner, name)
);
create table gateway_map_entry (
    owner text not null,
    map text not null,
    entry_key text not null,
    value_sealed bytea not null,
    primary key (owner, map, entry_key)
);
