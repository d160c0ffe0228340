alter table client add column document text not null default '';
alter table client add column technical_account text not null default '';
alter table client add column updated_ms bigint not null default 0;

create table client_secret (
    secret_id text not null primary key,
    client_id text not null,
    salt text not null,
    hash text not null,
    created_ms bigint not null,
    expires_ms bigint
);

insert into client_secret (secret_id, client_id, salt, hash, created_ms)
select 'first-' || client_id, client_id, secret_salt, secret_hash, created_ms from client;

alter table client drop column secret_salt;
alter table client drop column secret_hash;

create table client_key (
    key_id text not null primary key,
    client_id text not null,
    public_key_pem text not null,
    created_ms bigint not null,
    expires_ms bigint
);

create table user_account (
    user_id bigint not null primary key,
    username text not null,
    username_key text not null unique,
    document text not null,
    is_admin boolean not null,
    password_hash text not null,
    password_set_ms bigint not null,
    password_is_temporary boolean not null,
    failed_sign_ins bigint not null,
    locked_until_ms bigint not null,
    tokens_since_ms bigint not null,
    client_id text not null,
    created_ms bigint not null,
    updated_ms bigint not null,
    created_by bigint not null,
    updated_by bigint not null
);

insert into user_account
select account_id, username, lower(username), '{}', is_admin, password_hash, created_ms, false, 0, 0, 0, '', created_ms, created_ms, 0, 0 from account;

drop table account;

create table user_group (
    group_id bigint not null primary key,
    name text not null,
    name_key text not null unique,
    description text not null,
    wildcards text not null,
    permissions text not null,
    created_ms bigint not null,
    updated_ms bigint not null,
    created_by bigint not null,
    updated_by bigint not null
);

create table group_member (
    group_id bigint not null,
    user_id bigint not null,
    primary key (group_id, user_id)
);

create table account_setting (
    name text not null primary key,
    value text not null
);

create table token_family (
    family_id text not null primary key,
    client_id text not null,
    user_id bigint not null,
    scope text not null,
    created_ms bigint not null,
    revoked_ms bigint,
    expires_ms bigint not null
);

create table access_token (
    token_hash text not null primary key,
    family_id text not null,
    scope text not null,
    issued_ms bigint not null,
    expires_ms bigint not null
);

create index access_token_family on access_token (family_id);

create table refresh_token (
    token_hash text not null primary key,
    family_id text not null,
    issued_ms bigint not null,
    expires_ms bigint not null,
    used_ms bigint
);

create table authorization_code (
    code_hash text not null primary key,
    family_id text not null,
    redirect_uri text not null,
    challenge text not null,
    challenge_method text not null,
    issued_ms bigint not null,
    expires_ms bigint not null,
    used_ms bigint
);

create table revoked_token (
    token_hash text not null primary key,
    expires_ms bigint not null
);

create table used_assertion (
    assertion_hash text not null primary key,
    first_used_ms bigint not null,
    expires_ms bigint not null
);

create table web_session (
    session_hash text not null primary key,
    user_id bigint not null,
    created_ms bigint not null,
    expires_ms bigint not null
);

create table consent (
    user_id bigint not null,
    client_id text not null,
    scope text not null,
    given_ms bigint not null,
    primary key (user_id, client_id)
);

alter table signing_key add column active_ms bigint not null default 0;
alter table signing_key add column retired_ms bigint;

create table audit_entry (
    seq bigint not null primary key,
    at_ms bigint not null,
    kind text not null,
    outcome text not null,
    actor text not null,
    client_id text not null,
    subject text not null,
    address text not null,
    detail text not null
);

create index audit_entry_at on audit_entry (at_ms);
