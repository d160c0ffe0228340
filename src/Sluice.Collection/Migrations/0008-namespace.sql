create table identity_namespace (
    namespace_id bigint not null primary key,
    code text not null,
    folded_code text not null unique,
    name text not null,
    id_type text not null,
    description text not null,
    created_ms bigint not null,
    created_by text not null,
    modified_ms bigint not null
);
