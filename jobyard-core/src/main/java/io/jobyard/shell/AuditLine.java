package io.jobyard.shell;

import io.jobyard.JobContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of the audit: a word, then {@code key=value}. What a job brought is quoted, cut to a
 * length, and whatever could begin a line, move a cursor or hide itself is written as a number.
 */
public final class AuditLine {
  private static final int LONGEST_TEXT = 512;
  private static final int LONGEST_ARGS = 1_024;

  private final StringBuilder line;

  private AuditLine(String word) {
    line = new StringBuilder(word);
  }

  /** A line that begins with this word. */
  public static AuditLine of(String word) {
    return new AuditLine(word);
  }

  AuditLine(String word, JobContext job) {
    this(word);
    with("job", job.id().toString());
    quoted("queue", job.queue());
    with("attempt", Integer.toString(job.attempt()));
  }

  /** A value that is Jobyard's own. */
  public AuditLine with(String key, String value) {
    line.append(' ').append(key).append('=').append(value);
    return this;
  }

  /** A value that somebody else wrote. */
  public AuditLine quoted(String key, @Nullable String value) {
    return with(key, value == null ? "-" : quote(value, LONGEST_TEXT));
  }

  AuditLine args(List<String> args) {
    StringBuilder all = new StringBuilder("[");
    int shown = 0;
    for (String arg : args) {
      String quoted = quote(arg, LONGEST_TEXT);
      if (all.length() + quoted.length() > LONGEST_ARGS) {
        break;
      }
      all.append(shown++ == 0 ? "" : ",").append(quoted);
    }
    if (shown < args.size()) {
      all.append(",…").append(args.size() - shown).append(" more");
    }
    return with("args", all.append(']').toString());
  }

  private static String quote(String text, int longest) {
    return '"' + Printable.of(text, longest, true) + '"';
  }

  @Override
  public String toString() {
    return line.toString();
  }
}
