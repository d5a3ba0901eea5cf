package io.jobyard.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One page of a list.
 *
 * @param next asks for the page after; null on the last one
 */
public record JobPage(List<JobView> jobs, @Nullable String next) {
  public JobPage {
    jobs = List.copyOf(jobs);
  }
}
