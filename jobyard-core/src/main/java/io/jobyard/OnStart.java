package io.jobyard;

/**
 * The configuration's {@code on-start}: runs in every worker before its first job. The node's runs
 * first, then the queue's. A throwable keeps the worker from starting and says why in the log.
 */
@FunctionalInterface
public interface OnStart {
  void start(Services services) throws Exception;
}
