create table inlet (
    inlet_id text not null primary key,
    name text not null,
    description text not null,
    source_id text not null,
    data_type text not null,
    authentication_required boolean not null,
    dataset_id text not null,
    created_ms bigint not null,
    created_by text not null,
    modified_ms bigint not null,
    modified_by text not null,
    version bigint not null
);

create table schema_resource (
    schema_id text not null primary key,
    alt_id text not null unique,
    title text not null,
    document text not null,
    created_ms bigint not null,
    created_by text not null,
    modified_ms bigint not null,
    version bigint not null
);

create table dataset (
    dataset_id text not null primary key,
    document text not null,
    created_ms bigint not null,
    created_by text not null,
    modified_ms bigint not null,
    version bigint not null
);

create table batch (
    batch_id text not null primary key,
    owner_kind text not null,
    owner_id text not null,
    outcome text not null,
    status text not null,
    created_ms bigint not null,
    updated_ms bigint not null,
    completed_ms bigint not null,
    record_count bigint not null,
    plain_bytes bigint not null,
    file_bytes bigint not null,
    path text not null,
    errors text not null
);

create index batch_by_owner on batch (owner_id, created_ms);

create table consumer (
    name text not null primary key,
    next_offset bigint not null
);
