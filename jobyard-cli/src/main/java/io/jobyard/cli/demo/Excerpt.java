package io.jobyard.cli.demo;

/** A piece of foreign text that is safe to print: one short line without control characters. */
final class Excerpt {
  private static final int LONGEST = 60;

  private Excerpt() {}

  static String of(String text) {
    return of(text, LONGEST);
  }

  /**
   * @param longest in characters
   */
  static String of(String text, int longest) {
    String line = text.replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "?").strip();
    if (line.codePointCount(0, line.length()) <= longest) {
      return line;
    }
    return line.substring(0, line.offsetByCodePoints(0, longest)) + "…";
  }
}
