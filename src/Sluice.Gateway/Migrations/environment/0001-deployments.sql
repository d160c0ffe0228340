-- Which revision of a proxy or shared flow an environment runs.
create table gateway_deployment (
    kind text not null,
    name text not null,
    revision bigint not null,
    base_path text not null,
    deployed_ms bigint not null,
    deployed_by text not null,
    primary key (kind, name)
);

-- Caches, target servers, flow hooks: what management keeps of them, as JSON.
create table gateway_entity (
    kind text not null,
    name text not null,
    body text not null,
    created_ms bigint not null,
    modified_ms bigint not null,
    primary key (kind, name)
);
