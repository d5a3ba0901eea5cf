package io.jobyard.bench;

import java.util.Locale;

/** Everything that is measured: its name in JSON, and how it reads in the table. */
enum Figure {
  PUSH_ONE("push_one_per_s", "durable pushes, one thread", "/s", 0),
  PUSH_EIGHT("push_8_threads_per_s", "durable pushes, eight threads", "/s", 0),
  PUSH_EIGHT_GAIN("push_8_threads_gain", "  times one thread's", "x", 1),
  PUSH_ALL("push_all_per_s", "pushAll, batches of 1,000", "/s", 0),
  INSERT_CEILING("insert_ceiling_per_s", "bare insert, batches of 1,000", "/s", 0),
  PUSH_ALL_SHARE("push_all_share", "  pushAll's share of it", "%", 1),
  DRAIN("drain_per_s", "no-op jobs through worker processes", "/s", 0),
  DRAIN_COLD("drain_cold_per_s", "  right after the node's start", "/s", 0),
  CEILING("ceiling_per_s", "bare lease + settle, best batch", "/s", 0),
  CEILING_100("ceiling_100_per_s", "  batches of 100", "/s", 0),
  CEILING_200("ceiling_200_per_s", "  batches of 200", "/s", 0),
  CEILING_500("ceiling_500_per_s", "  batches of 500", "/s", 0),
  DRAIN_SHARE("drain_share", "  the drain's share of it", "%", 1),
  DRAIN_MANAGER_CPU("drain_manager_cpu_us", "  processor time a job, manager", "us", 1),
  DRAIN_WORKER_CPU("drain_worker_cpu_us", "  processor time a job, workers", "us", 1),
  MANAGER_CONNECTIONS("manager_connections", "  connections to the store, manager", "", 0),
  WORKER_CONNECTIONS("worker_connections", "  connections to the store, each worker", "", 1),
  PUSH_START_P50("push_to_start_p50_ms", "push called to job started, p50", "ms", 2),
  PUSH_START_P99("push_to_start_p99_ms", "push called to job started, p99", "ms", 2),
  START_P50("start_p50_ms", "push returned to job started, p50", "ms", 2),
  START_P99("start_p99_ms", "push returned to job started, p99", "ms", 2),
  FIRST_JOB_CACHED("killed_to_first_job_ms", "worker killed to its successor's first job", "ms", 0),
  FIRST_JOB_PLAIN("killed_to_first_job_uncached_ms", "  without the cache of classes", "ms", 0),
  FRESH("fresh_process_per_s", "a fresh process for every job, two at once", "/s", 1),
  FRESH_CPU("fresh_process_cpu_ms", "  processor time a job", "ms", 0),
  KEPT_P50("kept_start_p50_ms", "push returned to job started, process kept, p50", "ms", 2),
  FRESH_P50("fresh_start_p50_ms", "  a fresh process for every job", "ms", 2),
  IDLE_CPU("idle_cpu_percent", "idle node, three queues, of a core", "%", 2),
  IDLE_MANAGER_CPU("idle_manager_cpu_percent", "  the manager", "%", 2),
  IDLE_WORKERS_CPU("idle_workers_cpu_percent", "  its workers, nine together", "%", 2),
  MANAGER_RSS("manager_rss_mb", "manager resident, 10 s after draining", "MB", 0),
  WORKER_RSS("worker_rss_mb", "largest worker resident, likewise", "MB", 0),
  DRAIN_PLAIN("drain_without_history_per_s", "drain of a file without history", "/s", 0),
  DRAIN_HISTORY("drain_with_history_per_s", "drain beside a long history", "/s", 0),
  HISTORY_SHARE("history_share", "  its share of the drain without", "%", 1),
  ONE_SHARD("one_shard_per_s", "lease + settle by four, queue in one piece", "/s", 0),
  EIGHT_SHARDS("eight_shards_per_s", "lease + settle by four, shards: 8", "/s", 0),
  SHARDS_GAIN("shards_gain", "  times the other", "x", 2),
  HTTP_PUSH("http_push_per_s", "pushes over HTTP, one by one, 50 connections", "/s", 0),
  HTTP_BATCHES("http_batches_per_s", "pushes over HTTP, batches of 1,000", "/s", 0),
  DRAIN_ALONE("drain_unwatched_per_s", "drain, nobody follows the events", "/s", 0),
  DRAIN_WATCHED("drain_watched_per_s", "drain, 200 follow the events", "/s", 0),
  WATCHED_SHARE("watched_share", "  its share of the drain without", "%", 1),
  SLOWEST_PAGE("slowest_page_ms", "slowest page, with a million waiting", "ms", 0),
  SLOWEST_LIST("slowest_list_ms", "slowest list of the API, the same", "ms", 0);

  final String json;
  final String words;
  final String unit;
  private final int digits;

  Figure(String json, String words, String unit, int digits) {
    this.json = json;
    this.words = words;
    this.unit = unit;
    this.digits = digits;
  }

  String text(double value) {
    return String.format(Locale.ROOT, "%,." + digits + "f", value);
  }

  double rounded(double value) {
    double scale = Math.pow(10, Math.max(digits, 1));
    return Math.round(value * scale) / scale;
  }
}
