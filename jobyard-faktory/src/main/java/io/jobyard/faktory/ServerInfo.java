package io.jobyard.faktory;

import io.jobyard.store.JobStore;
import io.jobyard.store.QueueStatus;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.ToLongFunction;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The answer to INFO, in the shape that Faktory gives it. Safe for use by many threads. */
final class ServerInfo {
  private static final DateTimeFormatter UTC =
      DateTimeFormatter.ofPattern("HH:mm:ss 'UTC'").withZone(ZoneOffset.UTC);
  private static final JsonMapper JSON = new JsonMapper();

  /** The version of Faktory whose protocol this is; clients look for newer commands by it. */
  private static final String SPEAKS = "1.8.0";

  private final JobStore store;
  private final Reservations reservations;
  private final Workers workers;
  private final IntSupplier connections;
  private final InstantSource clock;
  private final Instant begun;

  ServerInfo(
      JobStore store,
      Reservations reservations,
      Workers workers,
      IntSupplier connections,
      InstantSource clock) {
    this.store = store;
    this.reservations = reservations;
    this.workers = workers;
    this.connections = connections;
    this.clock = clock;
    this.begun = clock.instant();
  }

  byte[] json(long commands) {
    List<QueueStatus> queues = store.queues();
    Instant now = clock.instant();
    ObjectNode json = JSON.createObjectNode();
    json.put("now", now.toString());
    json.put("server_utc_time", UTC.format(now));
    ObjectNode faktory = json.putObject("faktory");
    faktory.put("total_failures", sum(queues, QueueStatus::failed));
    faktory.put("total_processed", sum(queues, queue -> queue.succeeded() + queue.failed()));
    faktory.put("total_enqueued", sum(queues, QueueStatus::ready));
    faktory.put("total_queues", queues.size());
    ObjectNode sizes = faktory.putObject("queues");
    queues.forEach(queue -> sizes.put(queue.queue(), queue.ready()));
    tasks(faktory.putObject("tasks"), queues);
    ObjectNode server = json.putObject("server");
    server.put("description", "Jobyard");
    server.put("faktory_version", SPEAKS);
    server.put("uptime", now.getEpochSecond() - begun.getEpochSecond());
    server.put("connections", connections.getAsInt());
    server.put("command_count", commands);
    Runtime jvm = Runtime.getRuntime();
    server.put("used_memory_mb", (jvm.totalMemory() - jvm.freeMemory()) >> 20);
    return JSON.writeValueAsBytes(json);
  }

  private void tasks(ObjectNode tasks, List<QueueStatus> queues) {
    tasks.putObject("Scheduled").put("size", sum(queues, QueueStatus::scheduled));
    tasks.putObject("Dead").put("size", sum(queues, queue -> queue.failed() + queue.cancelled()));
    tasks.putObject("Busy").put("size", reservations.size());
    tasks.putObject("Workers").put("size", workers.named().size()).put("reaped", workers.reaped());
  }

  private static long sum(List<QueueStatus> queues, ToLongFunction<QueueStatus> what) {
    return queues.stream().mapToLong(what).sum();
  }
}
