-- oldest compatible version: 1
-- Moments are milliseconds since 1970, ids are sixteen bytes, states and phases the numbers in Codes.
-- Names are bytes (UTF-8), because every collation that both products have takes some of them for equal.
-- Statements end with a semicolon at the end of a line. Each may be repeated: none of them can be rolled back.

create table if not exists {t}queues (
  number int             not null auto_increment primary key,
  name   varbinary(1020) not null,
  paused tinyint         not null default 0,
  unique key by_name (name)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- All jobs, ended ones too: here a state is only where a row stands in the index "line", so that a
-- job ends or comes back without being copied, and ids are unique over both. What a row is sorted
-- by within its state is its place: the priority of a READY one (0), the due time of a SCHEDULED
-- one (1), nothing for a RUNNING one (2), the end of its keeping for a SUCCEEDED one (3).
-- What a lease writes has its room from the start (0 is none), because a row that grows on a full
-- page makes the server lay the page out anew, for each row: 35 us a job instead of 10.
create table if not exists {t}jobs (
  seq             bigint          not null auto_increment primary key,
  id              binary(16)      not null,
  queue           int             not null,
  state           tinyint         not null,
  place           bigint          not null,
  priority        int             not null,
  slot            int,
  fence           bigint          not null default 0,
  token           bigint          not null default 0,
  session         bigint          not null default 0,
  run_at          bigint          not null,
  pushed_at       bigint          not null,
  started_at      bigint          not null default 0,
  finished_at     bigint          not null default 0,
  failed          int             not null default 0,
  crashed         int             not null default 0,
  lost            int             not null default 0,
  handler_crashes int             not null default 0,
  phase           tinyint         not null default 0,
  cancel          tinyint         not null default 0,
  task            tinyint         not null,
  kind            varbinary(1020) not null,
  codec           varchar(64)     not null,
  codec_version   int             not null,
  settings        longtext,
  external_id     varbinary(1020),
  unique_key      varbinary(1020),
  partition_key   varbinary(1020),
  parent_id       binary(16),
  meta            longtext,
  errors          longtext,
  log             longtext,
  result          longblob,
  size            int             not null,
  payload         longblob        not null,
  unique key by_id (id),
  unique key by_external_id (external_id),
  key line (state, queue, place, seq, run_at)
) engine = InnoDB row_format = dynamic default character set utf8mb4 collate utf8mb4_bin;

-- What is counted but no longer there. A node has several rows of a queue, so that its processes
-- need not wait for each other; a sum says what it did.
create table if not exists {t}counters (
  queue     int             not null,
  node      varbinary(1020) not null,
  part      tinyint         not null,
  succeeded bigint          not null default 0,
  forgotten bigint          not null default 0,
  primary key (queue, node, part)
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- Those who hold leases; a number is never given twice.
create table if not exists {t}sessions (
  number    bigint   not null auto_increment primary key,
  node      longtext not null,
  pid       bigint   not null,
  queues    longtext not null,
  joined_at bigint   not null,
  beat_at   bigint   not null
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;

-- What one process tells the others; read by number, gone after a minute.
create table if not exists {t}wakes (
  n      bigint          not null auto_increment primary key,
  sender bigint          not null,
  kind   tinyint         not null,
  topic  varbinary(1020) not null,
  body   mediumblob,
  at     bigint          not null
) engine = InnoDB default character set utf8mb4 collate utf8mb4_bin;
