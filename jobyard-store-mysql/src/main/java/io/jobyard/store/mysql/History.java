package io.jobyard.store.mysql;

import io.jobyard.Failure;
import io.jobyard.store.Limits;
import io.jobyard.store.jdbc.StoredJson;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Adds to what is stored with a job as JSON; here and not by the server, whose JSON differs. */
final class History {
  private History() {}

  /** The errors with some more: the oldest stay, then the oldest but those go. */
  static @Nullable String errors(@Nullable String stored, List<Failure> more) {
    if (more.isEmpty()) {
      return stored;
    }
    List<Failure> all = new ArrayList<>(StoredJson.failures(stored));
    all.addAll(more);
    while (all.size() > Limits.MAX_ERRORS) {
      all.remove(Limits.FIRST_ERRORS);
    }
    return "[" + StoredJson.elements(all) + "]";
  }

  /** The log with some more lines. */
  static @Nullable String log(@Nullable String stored, List<String> more) {
    if (more.isEmpty()) {
      return stored;
    }
    String elements = StoredJson.textElements(more);
    return stored == null
        ? "[" + elements + "]"
        : stored.substring(0, stored.length() - 1) + "," + elements + "]";
  }
}
