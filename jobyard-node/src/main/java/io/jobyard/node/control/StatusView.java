package io.jobyard.node.control;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.jobyard.node.generation.Reloads;
import io.jobyard.node.process.WorkerView;
import java.util.List;
import java.util.Map;

/**
 * A node as {@code worker status --json} shows it.
 *
 * @param store its URL, without any password
 * @param reloads where the change of code stands
 * @param troubles by queue: why its workers do not come up; queues that are well are left out
 */
public record StatusView(
    String node,
    long pid,
    @JsonProperty("uptime_s") long uptimeS,
    String store,
    List<WorkerView> workers,
    Reloads reloads,
    Map<String, String> troubles) {}
