-- Key value maps of the environment and of single policies. Values are sealed.
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

-- Counters of quotas that nodes share, each the state of one window.
create table gateway_quota (
    key_hash bytea not null primary key,
    state text not null,
    expires_ms bigint not null
);
create index gateway_quota_expiry on gateway_quota (expires_ms);
