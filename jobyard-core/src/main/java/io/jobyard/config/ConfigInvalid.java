package io.jobyard.config;

import io.jobyard.JobyardException;
import java.util.List;

/**
 * The configuration is not valid. Each problem is one line: where, what it was, what is allowed.
 */
public final class ConfigInvalid extends JobyardException {
  private final List<String> problems;

  ConfigInvalid(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
  }

  /** Everything that is wrong, in the order of the file. */
  public List<String> problems() {
    return problems;
  }
}
