package io.jobyard.config;

import java.nio.file.FileSystems;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Which programs a queue's {@link io.jobyard.Shell} jobs may run, and how. Nothing unless it is
 * said.
 *
 * @param allowed the programs
 * @param shell whether scripts, and shells among the programs, may run
 * @param runAs the user they run as; null is the worker's own
 * @param env globs of the variables that a job may set; null is all but those that change which
 *     code a program loads
 */
public record Commands(
    List<Allowed> allowed, boolean shell, @Nullable String runAs, @Nullable List<String> env) {
  /** Nothing may run. */
  public static final Commands NONE = new Commands(List.of(), false, null, null);

  public Commands {
    allowed = List.copyOf(allowed);
    env = env == null ? null : List.copyOf(env);
  }

  /** Whether nothing at all may run. */
  public boolean none() {
    return allowed.isEmpty() && !shell;
  }

  /**
   * A program, or several.
   *
   * @param path an absolute path, or a glob of one
   * @param args a regular expression that every argument must match as a whole; null allows any
   */
  public record Allowed(String path, @Nullable String args) {
    /**
     * @throws IllegalArgumentException with the rest of a sentence that began with the key
     */
    public Allowed {
      if (!path.startsWith("/") || path.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException(
            "must be absolute paths such as /srv/app/bin/*, got '" + path + "'");
      }
      for (String part : path.split("/", -1)) {
        if (part.equals("..") || part.equals(".")) {
          throw new IllegalArgumentException(
              "must be paths without '" + part + "', got '" + path + "'");
        }
      }
      try {
        FileSystems.getDefault().getPathMatcher("glob:" + path);
      } catch (PatternSyntaxException e) {
        throw new IllegalArgumentException(
            "has a bad glob '" + path + "': " + e.getDescription(), e);
      }
      try {
        Pattern.compile(args == null ? "" : args);
      } catch (PatternSyntaxException e) {
        throw new IllegalArgumentException(
            "has a bad regular expression '" + args + "': " + e.getDescription(), e);
      }
    }
  }
}
