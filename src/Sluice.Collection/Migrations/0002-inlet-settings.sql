alter table inlet add column status text not null default 'active';
alter table inlet add column validation text not null default 'immediate';
alter table inlet add column requests_per_second bigint not null default 0;
alter table inlet add column messages_per_second bigint not null default 0;
alter table inlet add column deduplication boolean not null default false;
alter table inlet add column deduplication_window_seconds bigint not null default 604800;
