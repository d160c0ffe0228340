create table id_sequence (
    name text not null primary key,
    last bigint not null
);
