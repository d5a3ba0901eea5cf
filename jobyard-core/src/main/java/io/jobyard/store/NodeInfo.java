package io.jobyard.store;

import java.util.Set;

/**
 * Who joins.
 *
 * @param node its name
 * @param pid its process
 * @param queues those it takes jobs from
 */
public record NodeInfo(String node, long pid, Set<String> queues) {
  public NodeInfo {
    queues = Set.copyOf(queues);
  }
}
