package io.jobyard.shell;

import io.jobyard.ShellRefused;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collection;

/**
 * What a system call can carry: text without NUL, of a length that the kernel takes, in the
 * encoding that this process speaks with the system.
 */
final class Words {
  /** Linux takes no single argument or variable beyond this, in bytes. */
  private static final int LONGEST = 128 * 1024 - 1;

  /** Well below what Linux takes in all. */
  private static final int MOST_BYTES = 1024 * 1024;

  private static final int MOST_WORDS = 4_096;

  private static final Charset SYSTEM =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));

  private int words;
  private long bytes;

  /**
   * Checks words, and all that were checked before together with them.
   *
   * @param what each is, for the message
   */
  void check(String what, Collection<String> these) {
    for (String word : these) {
      check(what, word);
    }
  }

  void check(String what, String word) {
    if (word.indexOf('\0') >= 0) {
      throw new ShellRefused(what + " holds a NUL character: '" + Printable.of(word) + "'");
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(word)) {
      throw new ShellRefused(what + " is not valid Unicode: '" + Printable.of(word) + "'");
    }
    if (!SYSTEM.newEncoder().canEncode(word)) {
      throw new ShellRefused(
          "%s cannot be passed on in this node's encoding %s: '%s'; start the node with LC_ALL=C.UTF-8"
              .formatted(what, SYSTEM, Printable.of(word)));
    }
    int length = word.getBytes(SYSTEM).length;
    bytes += length + 1;
    if (length > LONGEST) {
      throw new ShellRefused(
          what + " has " + length + " bytes, at most " + LONGEST + " are allowed");
    }
    if (++words > MOST_WORDS || bytes > MOST_BYTES) {
      throw new ShellRefused(
          "arguments and environment are more than "
              + MOST_WORDS
              + " words or "
              + MOST_BYTES
              + " bytes; give the data as standard input");
    }
  }
}
