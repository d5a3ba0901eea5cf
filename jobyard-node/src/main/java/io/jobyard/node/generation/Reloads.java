package io.jobyard.node.generation;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where the change of code stands, as {@code worker status --json} shows it.
 *
 * @param generation the one that gets the jobs
 * @param last when the last change was tried, ISO 8601; null before the first
 * @param result what came of it: see {@link Result}
 * @param reason why the old code stayed; null if it did not
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Reloads(
    int generation, @Nullable String last, String result, @Nullable String reason) {

  /** What came of a change. */
  enum Result {
    /** None was tried yet. */
    NONE,
    /** New workers are coming up. */
    RELOADING,
    /** Jobs go to the new code. */
    RELOADED,
    /** The new code did not come up: the old stays. */
    KEPT;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether the last change failed. */
  public boolean kept() {
    return result.equals(Result.KEPT.word());
  }
}
