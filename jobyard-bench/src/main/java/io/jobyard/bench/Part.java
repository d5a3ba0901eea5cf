package io.jobyard.bench;

/** What can be measured. */
public enum Part {
  /** Pushes: the bare insert, {@code pushAll}, one by one from one thread and from eight. */
  PUSH,
  /** No-op jobs through worker processes, beside the store's own lease and settle; memory. */
  DRAIN,
  /** From a push in another process to the start of the job, on an idle node. */
  LATENCY,
  /** From a worker's kill to its successor's first job, with a cache of classes and without. */
  START,
  /** What a fresh process for every job costs, {@code max-jobs: 1}. */
  FRESH,
  /** The processor time of a node with three queues and nothing to do. */
  IDLE,
  /** The drain with a million scheduled and a hundred thousand failed jobs in the file. */
  HISTORY,
  /** What it brings to split a queue in shards, on a Redis Cluster. */
  SHARDS,
  /** Pushes over HTTP, what followers of the live events cost, and the slowest page. */
  HTTP
}
