package io.jobyard.config;

import static io.jobyard.config.Keys.MILLI;
import static io.jobyard.config.Keys.NAME;
import static io.jobyard.config.Keys.className;
import static io.jobyard.config.Keys.key;
import static io.jobyard.config.Keys.path;
import static io.jobyard.config.Keys.span;

import io.jobyard.Backoff;
import io.jobyard.store.StoreOptions;
import java.time.Duration;
import java.util.List;

/** Every key under {@code queues.NAME}; see {@link Keys}. */
final class QueueKeys {
  static final Key<String> DELIVER_URL =
      key(
          "url",
          new Type.Text("a URL that begins with http:// or https://", "(?i)https?://\\S+"),
          null,
          "Where each job of the queue is sent, as a POST. Must be set.");
  static final Key<String> DELIVER_SECRET =
      key(
          "secret",
          new Type.Secret(16),
          null,
          "Signs every request, so that the receiver can tell whose it is. Must be set.");
  static final Key<Boolean> DELIVER_ALLOW_PRIVATE =
      key(
          "allow-private",
          new Type.Flag(),
          "false",
          "Whether the URL may lead to this machine or a private network.");
  static final Key<Duration> DELIVER_PATIENCE =
      key(
          "patience",
          span(Duration.ZERO),
          "24h",
          "So long after its push a job may be put off by `429` or `503` with `Retry-After` at no"
              + " cost; later that is a failure.");

  static final Key<String> MODE =
      key(
          "mode",
          new Type.Word(List.of("distribute", "grab")),
          "distribute",
          "How jobs reach the workers: the node's manager takes them from the store and hands them"
              + " out (distribute), or each worker process takes them itself (grab).");
  static final Key<String> POOL =
      key(
          "pool",
          NAME,
          null,
          "Queues that name the same pool share one set of worker processes, fairly; what concerns"
              + " the processes must then be the same in all of them. Default: processes of its"
              + " own.");
  static final Key<Processes> PROCESSES =
      key(
          "processes",
          new Type.Crowd(1_000),
          "3",
          "Worker processes on this node; with `{min: 1, max: 8}` as many as the waiting jobs need,"
              + " and with a `min` of 0 none while there are no jobs.");
  static final Key<Integer> THREADS =
      key(
          "threads",
          new Type.Whole(1, 10_000),
          "1",
          "Jobs that run at once in each, on virtual threads; with 1 a job has the process to"
              + " itself.");
  static final Key<Long> MEMORY =
      key(
          "memory",
          new Type.Size(16L << 20),
          "128m",
          "Heap of each worker; a job that needs more fails with type `out-of-memory`. A worker that"
              + " still uses 80 % of it after a job, garbage collected, is replaced.");
  static final Key<Long> RSS =
      key(
          "rss",
          new Type.Size(32L << 20),
          null,
          "Memory of the machine that a worker may hold, beside its heap too: above it is replaced,"
              + " above half as much again killed, and its job fails with type `out-of-memory`."
              + " Default: no limit.");
  static final Key<Integer> MAX_JOBS =
      key(
          "max-jobs",
          new Type.Whole(0, 1_000_000_000),
          "0",
          "A worker is replaced after so many jobs, or up to a tenth fewer; 1 gives every job a"
              + " fresh process, 0 is no limit.");
  static final Key<Duration> MAX_AGE =
      key(
          "max-age",
          span(Duration.ZERO),
          "0s",
          "A worker is replaced after this time, or up to a tenth sooner; 0 is no limit.");
  static final Key<String> HEAP_DUMP =
      key(
          "heap-dump",
          path(),
          null,
          "A folder where workers that run out of memory leave their heap, the latest three of the"
              + " queue; the failure names the file. Default: none.");
  static final Key<Duration> TIMEOUT =
      key("timeout", span(Duration.ZERO), "120s", "How long one run may last; 0 is no limit.");
  static final Key<Integer> RETRIES =
      key("retries", new Type.Whole(0, 100_000), "3", "Further runs after a failed first one.");
  static final Key<Backoff> BACKOFF =
      key(
          "backoff",
          new Type.Waits(),
          "3s",
          "The wait before each retry: always the same, a list whose last one serves all that"
              + " follow, or doubling with jitter.");
  static final Key<Boolean> RETRY_TIMEOUTS =
      key(
          "retry-timeouts",
          new Type.Flag(),
          "false",
          "Whether a run that timed out is retried like one that failed.");
  static final Key<Duration> POLL =
      key(
          "poll",
          span(MILLI),
          "1s",
          "How often to look for jobs where no wake-up came; a push wakes the node.");
  static final Key<Integer> LIMIT =
      key(
          "limit",
          new Type.Whole(0, 1_000_000),
          "0",
          "At most so many of the queue's jobs run at once, over all nodes; 0 is no limit.");
  static final Key<String> ORDER =
      key(
          "order",
          new Type.Word(List.of("fifo", "lifo")),
          "fifo",
          "Which of equal priority goes first: the oldest (fifo) or the youngest (lifo).");
  static final Key<Integer> SHARDS =
      key(
          "shards",
          new Type.Whole(1, StoreOptions.MOST_SHARDS),
          "1",
          "How many parts the queue is split in, where the store can; order then holds in each."
              + " The same at every node and producer.");
  static final Key<Integer> MAX_CRASHES =
      key(
          "max-crashes",
          new Type.Whole(1, 1_000),
          "3",
          "A job ends after so many runs whose process died under it.");
  static final Key<Integer> MAX_LOST =
      key(
          "max-lost",
          new Type.Whole(1, 1_000),
          "3",
          "A job ends after so many runs whose node went away.");
  static final Key<Duration> RESULT_TTL =
      key("result-ttl", span(Duration.ZERO), "1h", "How long a task's result is kept.");
  static final Key<Duration> KEEP_SUCCEEDED =
      key(
          "keep-succeeded",
          span(Duration.ZERO),
          "0s",
          "How long succeeded jobs are kept; 0 removes them at once.");
  static final Key<Duration> KILL_GRACE =
      key(
          "kill-grace",
          span(Duration.ZERO),
          "2s",
          "Between the interrupt of a run that must end and the kill of its process.");
  static final Key<String> QUEUE_ON_START =
      key(
          "on-start",
          className("io.jobyard.OnStart"),
          null,
          "A class that runs in every worker of this queue, after the node's.");
  static final Key<String> ON_FAILURE =
      key(
          "on-failure",
          className("io.jobyard.FailureHandler"),
          null,
          "A class that is told of failed jobs that did not deal with it themselves.");
  static final Key<List<Commands.Allowed>> COMMANDS =
      key(
          "commands",
          new Type.Programs(),
          null,
          "The programs that Shell jobs of this queue may run; none by default. `*` stands for a"
              + " name, `**` for any folders; every argument must match `args` as a whole.");
  static final Key<Boolean> SHELL =
      key(
          "shell",
          new Type.Flag(),
          "false",
          "Whether Shell jobs may be scripts for `/bin/sh`, and whether `commands` may cover"
              + " shells: then whoever pushes can run anything.");
  static final Key<String> RUN_AS =
      key(
          "run-as",
          new Type.Text("the name of a user", "[A-Za-z_][A-Za-z0-9_.-]{0,31}"),
          null,
          "The user that Shell jobs run as, where the node may change user. Default: the node's.");
  static final Key<List<String>> COMMAND_ENV =
      key(
          "command-env",
          new Type.Texts("a variable's name, or a list of names and globs such as APP_*"),
          null,
          "The variables that Shell jobs may set. Default: all but those that change which code a"
              + " program loads, such as `PATH` and `LD_PRELOAD`.");

  /** Under {@code queues.NAME.deliver}. */
  static final List<Key<?>> DELIVER =
      List.of(DELIVER_URL, DELIVER_SECRET, DELIVER_ALLOW_PRIVATE, DELIVER_PATIENCE);

  /** Under {@code queues.NAME}, beside the section {@code deliver}. */
  static final List<Key<?>> QUEUE =
      List.of(
          MODE,
          POOL,
          PROCESSES,
          THREADS,
          MEMORY,
          RSS,
          MAX_JOBS,
          MAX_AGE,
          HEAP_DUMP,
          TIMEOUT,
          RETRIES,
          BACKOFF,
          RETRY_TIMEOUTS,
          POLL,
          LIMIT,
          ORDER,
          SHARDS,
          MAX_CRASHES,
          MAX_LOST,
          RESULT_TTL,
          KEEP_SUCCEEDED,
          KILL_GRACE,
          QUEUE_ON_START,
          ON_FAILURE,
          COMMANDS,
          SHELL,
          RUN_AS,
          COMMAND_ENV);

  private QueueKeys() {}
}
