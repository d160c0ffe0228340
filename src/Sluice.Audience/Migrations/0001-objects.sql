create table audience_object (
    kind text not null,
    id bigint not null,
    document text not null,
    primary key (kind, id)
);
