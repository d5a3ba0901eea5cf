package io.jobyard.faktory;

/**
 * A pattern as Redis's SCAN has it: {@code *} is anything, {@code ?} one character, {@code [a-z]}
 * and {@code [^a-z]} one of a set, and a backslash takes the meaning of what follows it. Takes time
 * in proportion to pattern and text at worst. Immutable.
 */
final class Glob {
  private static final int LONGEST = 256;
  private static final int LONGEST_TEXT = 1024 * 1024;

  private final String pattern;

  private Glob(String pattern) {
    this.pattern = pattern;
  }

  /**
   * @throws Refused if it is too long
   */
  static Glob of(String pattern) throws Refused {
    if (pattern.length() > LONGEST) {
      throw new Refused(
          "the filter's regexp has " + pattern.length() + " characters, the limit is " + LONGEST);
    }
    return new Glob(pattern);
  }

  /** Whether it is all of the text; never of one beyond a million characters. */
  boolean matches(String text) {
    if (text.length() > LONGEST_TEXT) {
      return false;
    }
    int p = 0;
    int t = 0;
    int star = -1;
    int resume = 0;
    while (t < text.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = ++p;
        resume = t;
      } else if (p < pattern.length() && one(p, text.charAt(t))) {
        p = after(p);
        t++;
      } else if (star >= 0) {
        p = star;
        t = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  /** Where the element ends that begins here. */
  private int after(int p) {
    char c = pattern.charAt(p);
    if (c == '\\' && p + 1 < pattern.length()) {
      return p + 2;
    }
    return c == '[' ? setEnd(p) + 1 : p + 1;
  }

  /** The place of the bracket that closes the set; the pattern's last where none does. */
  private int setEnd(int p) {
    int i = p + 1;
    if (i < pattern.length() && pattern.charAt(i) == '^') {
      i++;
    }
    while (i < pattern.length() && pattern.charAt(i) != ']') {
      i += pattern.charAt(i) == '\\' && i + 1 < pattern.length() ? 2 : 1;
    }
    return Math.min(i, pattern.length() - 1);
  }

  private boolean one(int p, char c) {
    return switch (pattern.charAt(p)) {
      case '?' -> true;
      case '[' -> inSet(p, c);
      case '\\' -> c == (p + 1 < pattern.length() ? pattern.charAt(p + 1) : '\\');
      default -> c == pattern.charAt(p);
    };
  }

  private boolean inSet(int p, char c) {
    int end = setEnd(p);
    int i = p + 1;
    boolean not = i < end && pattern.charAt(i) == '^';
    if (not) {
      i++;
    }
    boolean found = false;
    while (i < end) {
      if (pattern.charAt(i) == '\\' && i + 1 < end) {
        i++;
      }
      char low = pattern.charAt(i);
      boolean range = i + 2 < end && pattern.charAt(i + 1) == '-';
      char high = range ? pattern.charAt(i + 2) : low;
      found |= c >= Math.min(low, high) && c <= Math.max(low, high);
      i += range ? 3 : 1;
    }
    return found != not;
  }
}
