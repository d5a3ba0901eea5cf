package io.jobyard.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a store is.
 *
 * @param url without any password
 * @param product name and version of what holds the data
 * @param schemaVersion of Jobyard's own tables
 * @param env the environment it belongs to; null if none was ever given
 * @param durability one sentence: what an acknowledged push survives
 * @param findings what is wrong or could be better, each with what to do; empty when all is well
 */
public record StoreReport(
    String url,
    String product,
    int schemaVersion,
    @Nullable String env,
    String durability,
    List<Finding> findings) {
  public StoreReport {
    findings = List.copyOf(findings);
  }

  /**
   * Something an operator should know.
   *
   * @param problem false for advice
   * @param text what, and what to do
   */
  public record Finding(boolean problem, String text) {}
}
