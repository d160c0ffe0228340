alter table batch add column header_count bigint not null default -1;
alter table batch add column last_header_ms bigint not null default -1;
