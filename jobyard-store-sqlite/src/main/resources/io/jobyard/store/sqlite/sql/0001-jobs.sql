-- oldest compatible version: 1
-- Moments are milliseconds since 1970, ids are sixteen bytes, states and phases the numbers in Codes.

create table jobyard_queues (
  number integer primary key,
  name   text    not null unique,
  paused integer not null default 0
);

-- Where a job's number comes from. A number is never given twice: a stale lease must not fit a later job.
create table jobyard_sequence (
  next integer not null
);

insert into jobyard_sequence values (1);

-- Live jobs only: READY (0), SCHEDULED (1), RUNNING (2).
create table jobyard_jobs (
  seq             integer primary key,
  id              blob    not null,
  queue           integer not null,
  state           integer not null,
  priority        integer not null,
  slot            integer,
  fence           integer not null default 0,
  token           integer,
  session         integer,
  run_at          integer not null,
  pushed_at       integer not null,
  started_at      integer,
  failed          integer not null default 0,
  crashed         integer not null default 0,
  lost            integer not null default 0,
  handler_crashes integer not null default 0,
  phase           integer not null default 0,
  cancel          integer not null default 0,
  task            integer not null,
  kind            text    not null,
  codec           text    not null,
  codec_version   integer not null,
  settings        text,
  external_id     text,
  unique_key      text,
  partition_key   text,
  parent_id       blob,
  meta            text,
  errors          text,
  log             text,
  payload         blob    not null
);

create unique index jobyard_jobs_id on jobyard_jobs (id);

create unique index jobyard_jobs_external on jobyard_jobs (external_id) where external_id is not null;

-- The line itself. The last columns only spare a look at the rows: when the oldest is asked for, and where a slot is busy.
create index jobyard_jobs_ready on jobyard_jobs (queue, priority, seq, run_at, slot) where state = 0;

create index jobyard_jobs_scheduled on jobyard_jobs (queue, run_at) where state = 1;

create index jobyard_jobs_running on jobyard_jobs (session, queue) where state = 2;

-- Jobs that ended and stay: SUCCEEDED (3, kept or with a result), FAILED (4), CANCELLED (5).
create table jobyard_finished (
  seq             integer primary key,
  id              blob    not null,
  queue           integer not null,
  state           integer not null,
  priority        integer not null,
  slot            integer,
  fence           integer not null,
  run_at          integer not null,
  pushed_at       integer not null,
  started_at      integer,
  finished_at     integer not null,
  expires_at      integer,
  failed          integer not null,
  crashed         integer not null,
  lost            integer not null,
  handler_crashes integer not null,
  phase           integer not null,
  task            integer not null,
  kind            text    not null,
  codec           text    not null,
  codec_version   integer not null,
  settings        text,
  external_id     text,
  unique_key      text,
  partition_key   text,
  parent_id       blob,
  meta            text,
  errors          text,
  log             text,
  result          blob,
  payload         blob    not null
);

create unique index jobyard_finished_id on jobyard_finished (id);

create unique index jobyard_finished_external on jobyard_finished (external_id) where external_id is not null;

create index jobyard_finished_state on jobyard_finished (queue, state);

create index jobyard_finished_expires on jobyard_finished (expires_at) where expires_at is not null;

-- What is counted but no longer there; a row per queue and node, so that a sum says what each did.
create table jobyard_counters (
  queue     integer not null,
  node      text    not null,
  succeeded integer not null default 0,
  forgotten integer not null default 0,
  primary key (queue, node)
) without rowid;

-- Those who hold leases; a number is never given twice.
create table jobyard_sessions (
  number    integer primary key autoincrement,
  node      text    not null,
  pid       integer not null,
  queues    text    not null,
  beat      integer not null default 0,
  joined_at integer not null,
  beat_at   integer not null
);

-- UDP ports on 127.0.0.1 that want to be told of what happens.
create table jobyard_listeners (
  port    integer primary key,
  seen_at integer not null
);

-- Live messages of the last half minute; a number is never given twice, so that who hears knows what is new.
create table jobyard_signals (
  seq     integer primary key autoincrement,
  sent_at integer not null,
  topic   text    not null,
  body    blob    not null
);

-- Numbers with history: what each writer counted in a span of time. Who writes and reads them knows what the data is.
create table jobyard_samples (
  family     text    not null,
  series     text    not null,
  step       integer not null,
  bucket     integer not null,
  writer     text    not null,
  expires_at integer not null,
  data       blob    not null,
  primary key (family, series, step, bucket, writer)
) without rowid;

create index jobyard_samples_bucket on jobyard_samples (family, step, bucket);

create index jobyard_samples_expires on jobyard_samples (expires_at);
