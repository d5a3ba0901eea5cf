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

-- Live jobs only: READY (0), SCHEDULED (1), RUNNING (2). A job is written three times: inserted, leased by an
-- update, deleted. Every index is written at each of the first two, so there are no more than needed; the number
-- is unique by its sequence and has none.
create table {t}jobs (
  seq             bigint   not null,
  run_at          bigint   not null,
  pushed_at       bigint   not null,
  started_at      bigint,
  fence           bigint   not null default 0,
  token           bigint,
  session         bigint,
  id              uuid     not null,
  queue           integer  not null,
  priority        integer  not null,
  slot            integer,
  failed          integer  not null default 0,
  crashed         integer  not null default 0,
  lost            integer  not null default 0,
  handler_crashes integer  not null default 0,
  codec_version   integer  not null,
  state           smallint not null,
  phase           smallint not null default 0,
  cancel          smallint not null default 0,
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
  -- The table is rewritten all the time; what is dead must go before it fills pages and indexes.
  autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_vacuum_threshold = 20000,
  autovacuum_vacuum_insert_scale_factor = 0.5,
  autovacuum_analyze_scale_factor = 0.5,
  autovacuum_analyze_threshold = 50000,
  autovacuum_vacuum_cost_delay = 1
);

create unique index {n}jobs_id on {t}jobs (id);

-- The line itself.
create index {n}jobs_ready on {t}jobs (queue, priority, seq) where state = 0;

create index {n}jobs_scheduled on {t}jobs (queue, run_at) where state = 1;

create index {n}jobs_running on {t}jobs (session, queue) where state = 2;

-- Nearly always empty, so that asking for it every second costs nothing.
create index {n}jobs_cancel on {t}jobs (session) where state = 2 and cancel = 1;

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

-- What is counted but no longer there; a row per queue and node, so that nodes do not wait for each other.
create table {t}counters (
  queue     integer not null,
  node      text    collate "C" not null,
  succeeded bigint  not null default 0,
  forgotten bigint  not null default 0,
  primary key (queue, node)
) with (fillfactor = 20, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);

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

-- Numbers with history: what each writer counted in a span of time. Who writes and reads them knows what the data is.
create table {t}samples (
  family     text    collate "C" not null,
  series     text    collate "C" not null,
  step       integer not null,
  bucket     bigint  not null,
  writer     text    collate "C" not null,
  expires_at bigint  not null,
  data       bytea   not null,
  primary key (family, series, step, bucket, writer)
) with (fillfactor = 70);

create index {n}samples_bucket on {t}samples (family, step, bucket);

create index {n}samples_expires on {t}samples (expires_at);
