alter table profile_rule add column effective_ms bigint not null default 0;
