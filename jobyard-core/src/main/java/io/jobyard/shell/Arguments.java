package io.jobyard.shell;

import io.jobyard.ShellRefused;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Holds a program's arguments to the pattern that its entry in {@code commands} has. */
final class Arguments {
  private Arguments() {}

  /**
   * @param rule a regular expression for each argument as a whole; null allows any
   * @throws ShellRefused naming the first that does not match
   */
  static void check(List<String> args, @Nullable String rule) {
    if (rule == null) {
      return;
    }
    Pattern pattern = Pattern.compile(rule);
    for (String arg : args) {
      if (!matches(pattern, arg)) {
        throw new ShellRefused(
            "argument '%s' does not match the pattern %s that commands demand"
                .formatted(Printable.of(arg), rule));
      }
    }
  }

  private static boolean matches(Pattern pattern, String arg) {
    try {
      return pattern.matcher(new Interruptible(arg)).matches();
    } catch (StackOverflowError e) {
      throw new ShellRefused(
          "an argument of %,d characters is too long for the pattern %s that commands demand"
              .formatted(arg.length(), pattern));
    }
  }

  /** A pattern that goes astray over an argument made for it must end with the job's time. */
  private record Interruptible(CharSequence text) implements CharSequence {
    @Override
    public char charAt(int index) {
      if (Thread.currentThread().isInterrupted()) {
        throw new ShellRefused("an argument could not be checked in time");
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Interruptible(text.subSequence(start, end));
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
