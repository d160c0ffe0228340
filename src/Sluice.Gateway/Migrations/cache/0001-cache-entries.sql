-- Entries of caches, sealed (docs/formats/cache-entries.md). Losing them costs time only.
create table gateway_cache_entry (
    cache text not null,
    key_hash bytea not null,
    key_sealed bytea not null,
    entry_sealed bytea not null,
    bytes bigint not null,
    stored_ms bigint not null,
    expires_ms bigint not null,
    primary key (cache, key_hash)
);
create index gateway_cache_entry_expiry on gateway_cache_entry (expires_ms);
