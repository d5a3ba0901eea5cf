package io.jobyard.memory;

import io.jobyard.store.JobView;
import org.jspecify.annotations.Nullable;

/**
 * Where a page ends: the number of its last job. Numbers are never used again, so jobs that come
 * and go between two pages neither repeat nor hide others.
 */
final class Cursor {
  private Cursor() {}

  /** Jobs below this number are on the page. */
  static long seq(@Nullable String cursor) {
    if (cursor == null) {
      return Long.MAX_VALUE;
    }
    try {
      return Long.parseLong(cursor);
    } catch (NumberFormatException notOurs) {
      throw new IllegalArgumentException(
          "'" + cursor + "' is not the next of a page; start again without it", notOurs);
    }
  }

  static String after(JobView last) {
    return Long.toString(last.seq());
  }
}
