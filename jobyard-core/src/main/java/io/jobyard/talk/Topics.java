package io.jobyard.talk;

import java.util.UUID;

/** What signals are about. */
final class Topics {
  /** Says whose progress somebody follows. */
  static final String AUDIENCE = "audience";

  private static final String PROGRESS = "progress/";

  private Topics() {}

  /** Messages of a job to whoever holds its handle. */
  static String job(UUID id) {
    return "job/" + id;
  }

  static String progress(UUID job) {
    return PROGRESS + job;
  }

  /** Messages to workers of a queue. */
  static String queue(String name) {
    return "queue/" + name;
  }

  /** Messages to worker processes of a node. */
  static String node(String name) {
    return "node/" + name;
  }

  static boolean isProgress(String topic) {
    return topic.startsWith(PROGRESS);
  }

  /** The job of a progress topic. */
  static UUID progressJob(String topic) {
    return UUID.fromString(topic.substring(PROGRESS.length()));
  }
}
