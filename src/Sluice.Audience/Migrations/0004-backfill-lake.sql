alter table backfill add column from_ms bigint not null default 0;
alter table backfill add column journal_from bigint not null default -1;
alter table backfill add column events_from_ms bigint not null default -1;
alter table backfill add column without_identities bigint not null default 0;
alter table backfill add column reason text not null default '';
