package io.jobyard.codec;

import io.jobyard.PushRefused;
import org.jspecify.annotations.Nullable;

/** What kinds and queues may be called. */
public final class Names {
  /** The longest name, in characters. */
  public static final int LONGEST = 128;

  /** How the kinds begin that are Jobyard's own. */
  static final String OWN = "jobyard:";

  private static final String MARKS = "._-/@$:+#";

  private Names() {}

  /**
   * What is wrong with a name.
   *
   * @return how a sentence goes on that began with "the kind" or "the queue"; null if it is fine
   */
  public static @Nullable String flaw(String name) {
    if (name.isEmpty()) {
      return "must not be empty";
    }
    if (name.length() > LONGEST) {
      return "must have at most %d characters, got %d ('%s…')"
          .formatted(LONGEST, name.length(), printable(name.substring(0, 32)));
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!Character.isLetterOrDigit(c) && MARKS.indexOf(c) < 0) {
        return "must consist of letters, digits and %s, got '%s'".formatted(MARKS, printable(name));
      }
    }
    return null;
  }

  /**
   * Checks a name at push.
   *
   * @param what "kind" or "queue"
   */
  static String check(String what, String name) {
    String flaw = flaw(name);
    if (flaw != null) {
      throw new PushRefused("the " + what + " " + flaw);
    }
    return name;
  }

  private static String printable(String name) {
    return name.replaceAll("\\p{Cntrl}", "?");
  }
}
