package io.jobyard.shell;

/** Makes text of unknown origin fit for one line of a log or a message. */
final class Printable {
  private static final int LONGEST = 200;

  private Printable() {}

  /** For messages: of a bearable length. */
  static String of(String text) {
    return of(text, LONGEST, false);
  }

  /**
   * @param quotes whether quotes and backslashes are escaped too
   */
  static String of(String text, int longest, boolean quotes) {
    StringBuilder out = new StringBuilder();
    int[] points = text.codePoints().limit(longest).toArray();
    for (int point : points) {
      if (quotes && (point == '"' || point == '\\')) {
        out.append('\\').appendCodePoint(point);
      } else if (visible(point)) {
        out.appendCodePoint(point);
      } else {
        out.append(point == '\n' ? "\\n" : "\\u%04x".formatted(point));
      }
    }
    if (points.length == longest && text.codePointCount(0, text.length()) > longest) {
      out.append("…(").append(text.length()).append(" characters)");
    }
    return out.toString();
  }

  private static boolean visible(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
