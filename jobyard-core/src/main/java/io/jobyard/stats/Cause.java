package io.jobyard.stats;

import io.jobyard.Failure;
import io.jobyard.FailureType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Why runs failed, told so that the same cause looks the same: numbers, ids and quoted values are
 * taken out of the message, and of the stack only the method is left where it happened.
 *
 * @param className the throwable's class; empty where there was none
 * @param frame the innermost method that is not the JDK's; empty where there is no stack
 */
public record Cause(FailureType type, String className, String message, String frame) {
  private static final int MAX_TEXT = 200;
  private static final Pattern QUOTED = Pattern.compile("'[^']*'|\"[^\"]*\"|`[^`]*`");
  private static final Pattern ID =
      Pattern.compile("\\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\b");
  private static final Pattern HEX =
      Pattern.compile("(?<![A-Za-z0-9])(?:0x)?(?=[A-Fa-f]*[0-9])[0-9A-Fa-f]{6,}(?![A-Za-z0-9])");
  private static final Pattern NUMBER = Pattern.compile("\\d+(?:[.,:]\\d+)*");
  private static final Pattern LOADER = Pattern.compile("^[^(]*/");
  private static final List<String> JDK = List.of("java.", "javax.", "jdk.", "sun.", "com.sun.");

  /** The cause of a failure. */
  public static Cause of(Failure failure) {
    return new Cause(
        failure.type(),
        cut(failure.className()),
        message(failure.message()),
        cut(NUMBER.matcher(frame(failure.stack())).replaceAll("#")));
  }

  /** What stands for causes that are too many to be told apart. */
  static Cause other(FailureType type) {
    return new Cause(type, "", "other causes, too many to tell apart", "");
  }

  /** The same for the same cause, in any process: sixteen hexadecimal digits. */
  public String id() {
    return digest(type.word(), className, message, frame);
  }

  static String digest(String... parts) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      byte[] hash = sha.digest(String.join("\0", parts).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  private static String message(String full) {
    String line = cut(full.strip().lines().findFirst().orElse(""), 1_000);
    String told = QUOTED.matcher(line).replaceAll("'…'");
    told = ID.matcher(told).replaceAll("#");
    told = HEX.matcher(told).replaceAll("#");
    return cut(NUMBER.matcher(told).replaceAll("#"));
  }

  private static String frame(String stack) {
    List<String> frames =
        stack
            .lines()
            .takeWhile(line -> !line.startsWith("Caused by: "))
            .map(String::strip)
            .filter(line -> line.startsWith("at ") && line.indexOf('(') > 0)
            .limit(40)
            .map(line -> LOADER.matcher(line.substring(3, line.indexOf('('))).replaceFirst(""))
            .toList();
    return frames.stream()
        .filter(frame -> JDK.stream().noneMatch(frame::startsWith))
        .findFirst()
        .orElse(frames.isEmpty() ? "" : frames.getFirst());
  }

  private static String cut(String text) {
    return cut(text, MAX_TEXT);
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }
}
