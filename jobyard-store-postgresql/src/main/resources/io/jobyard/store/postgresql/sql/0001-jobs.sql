-- oldest compatible version: 1
-- Moments are milliseconds since 1970 by this server's clock; states and phases are the numbers in Codes.

-- What this store is: an identity, so that a caller's transaction can be told from another database's,
-- and the environment it belongs to.
create table {t}store (
  one      boolean primary key default true check (one),
  identity uuid    not null default gen_random_uuid(),
  env      text
);

insert into {t}store default values;

create table {t}queues (
  number integer  generated always as identity primary key,
  name   text     collate "C" not null unique,
  paused boolean  not null default false
);

-- Where a job's number comes from. A number is never given twice: a stale lease must not fit a later job.
create sequence {t}seq;

-- Live jobs: what each is. Where it stands is one row in one of the three tables that follow: READY in line,
-- SCHEDULED in later, RUNNING in leased. These rows are narrow and come and go; the wide one is written once
-- and removed once, unless the job comes back. Whoever moves a job locks, by removing it, the row where it stands.
create table {t}jobs (
  seq             bigint   not null,
  run_at          bigint   not null,
  pushed_at       bigint   not null,
  started_at      bigint,
  fence           bigint   not null default 0,
  id              uuid     not null,
  queue           integer  not null,
  priority        integer  not null,
  slot            integer,
  failed          integer  not null default 0,
  crashed         integer  not null default 0,
  lost            integer  not null default 0,
  handler_crashes integer  not null default 0,
  codec_version   integer  not null,
  phase           smallint not null default 0,
  task            smallint not null,
  parent_id       uuid,
  kind            text     collate "C" not null,
  codec           text     collate "C" not null,
  settings        text,
  external_id     text     collate "C",
  unique_key      text,
  partition_key   text,
  meta            text,
  errors          text,
  log             text,
  payload         bytea    not null
) with (
  -- What is dead must go before it fills pages and indexes.
  autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_vacuum_threshold = 20000,
  autovacuum_vacuum_insert_scale_factor = 0.5,
  autovacuum_analyze_scale_factor = 0.5,
  autovacuum_analyze_threshold = 50000,
  autovacuum_vacuum_cost_delay = 1
);

create unique index {n}jobs_id on {t}jobs (id);

-- Jobs that wait for their turn. With what a lease must know to choose, so that it reads no more jobs than it takes.
create table {t}line (
  seq      bigint  not null,
  run_at   bigint  not null,
  fence    bigint  not null,
  id       uuid    not null,
  queue    integer not null,
  priority integer not null,
  bytes    integer not null,
  slot     integer
) with (
  autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_vacuum_threshold = 20000,
  autovacuum_vacuum_cost_delay = 1
);

create index {n}line_order on {t}line (queue, priority, seq);

-- Tells at no cost that no job waits for a certain worker, so that a lease has passed nobody over.
create index {n}line_pinned on {t}line (queue) where slot is not null;

-- Jobs that wait for their time.
create table {t}later (like {t}line) with (
  autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_vacuum_threshold = 20000,
  autovacuum_vacuum_cost_delay = 1
);

create index {n}later_due on {t}later (queue, run_at, seq);

-- Leases.
create table {t}leased (
  seq        bigint   not null,
  fence      bigint   not null,
  token      bigint   not null,
  session    bigint   not null,
  started_at bigint   not null,
  id         uuid     not null,
  queue      integer  not null,
  cancel     smallint not null default 0,
  primary key (queue, seq)
) with (
  autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_vacuum_threshold = 20000,
  autovacuum_vacuum_cost_delay = 1
);

-- Nearly always empty, so that asking for it every second costs nothing.
create index {n}leased_cancel on {t}leased (session) where cancel = 1;

-- An external id is taken while its job is in the store, in whatever table: this is the one place that says so.
create table {t}external (
  external_id text collate "C" primary key,
  id          uuid not null
);

-- Jobs that ended and stay: SUCCEEDED (3, kept or with a result), FAILED (4), CANCELLED (5).
create table {t}finished (
  seq             bigint   primary key,
  run_at          bigint   not null,
  pushed_at       bigint   not null,
  started_at      bigint,
  finished_at     bigint   not null,
  expires_at      bigint,
  fence           bigint   not null,
  id              uuid     not null,
  queue           integer  not null,
  priority        integer  not null,
  slot            integer,
  failed          integer  not null,
  crashed         integer  not null,
  lost            integer  not null,
  handler_crashes integer  not null,
  codec_version   integer  not null,
  state           smallint not null,
  phase           smallint not null,
  task            smallint not null,
  parent_id       uuid,
  kind            text     collate "C" not null,
  codec           text     collate "C" not null,
  settings        text,
  external_id     text     collate "C",
  unique_key      text,
  partition_key   text,
  meta            text,
  errors          text,
  log             text,
  result          bytea,
  payload         bytea    not null
);

create unique index {n}finished_id on {t}finished (id);

create index {n}finished_state on {t}finished (queue, state);

create index {n}finished_expires on {t}finished (expires_at) where expires_at is not null;

-- What is counted but no longer there. Every batch adds a row, so that nobody waits for anybody; now and then
-- the rows of a queue and node are made one.
create table {t}counters (
  queue     integer not null,
  node      text    collate "C" not null,
  succeeded bigint  not null default 0,
  forgotten bigint  not null default 0
) with (autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);

-- Those who hold leases; a number is never given twice. One that ended stays for a while, so that what it
-- leaves behind is found without looking at every running job.
create table {t}sessions (
  number    bigint generated always as identity primary key,
  node      text   not null,
  pid       bigint not null,
  queues    text   not null,
  joined_at bigint not null,
  beat_at   bigint not null,
  ended_at  bigint
) with (fillfactor = 50, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);

-- Live messages too large for a notification, and all of them where notifications do not get through. A crash
-- may lose them: they are for now.
create unlogged table {t}signals (
  number bigint generated always as identity primary key,
  at     bigint not null,
  topic  text   not null,
  body   bytea  not null
);
