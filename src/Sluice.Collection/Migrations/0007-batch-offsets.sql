alter table batch add column from_offset bigint not null default -1;
alter table batch add column next_offset bigint not null default -1;

create index batch_by_offset on batch (from_offset);
