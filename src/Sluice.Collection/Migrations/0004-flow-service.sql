create table flow_resource (
    resource_id text not null primary key,
    kind text not null,
    state text not null,
    upstream_id text not null,
    downstream_id text not null,
    document text not null,
    created_ms bigint not null,
    created_by text not null,
    modified_ms bigint not null,
    modified_by text not null,
    version bigint not null
);

create index flow_resource_by_upstream on flow_resource (kind, upstream_id);

alter table batch add column origin text not null default 'streaming';
alter table batch add column document text not null default '{}';
alter table batch add column version bigint not null default 1;

create index batch_by_created on batch (created_ms, batch_id);
create index batch_by_updated on batch (updated_ms, batch_id);
create index batch_by_status on batch (status, created_ms);
