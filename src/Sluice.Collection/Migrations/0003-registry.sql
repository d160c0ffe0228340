create table registry_resource (
    resource_id text not null primary key,
    resource_type text not null,
    is_global boolean not null,
    document text not null,
    created_ms bigint not null,
    created_by text not null,
    modified_ms bigint not null,
    modified_by text not null,
    version bigint not null
);

insert into registry_resource (resource_id, resource_type, is_global, document, created_ms, created_by, modified_ms, modified_by, version)
select schema_id, 'schemas', false, document, created_ms, created_by, modified_ms, created_by, version from schema_resource;

drop table schema_resource;

create table registry_descriptor (
    descriptor_id text not null primary key,
    schema_id text not null,
    document text not null,
    created_ms bigint not null,
    created_by text not null,
    modified_ms bigint not null,
    modified_by text not null,
    version bigint not null
);

create table registry_audit (
    audit_id bigint not null primary key,
    resource_id text not null,
    action text not null,
    version bigint not null,
    at_ms bigint not null,
    client_id text not null,
    places text not null
);

create index registry_audit_by_resource on registry_audit (resource_id, audit_id);
