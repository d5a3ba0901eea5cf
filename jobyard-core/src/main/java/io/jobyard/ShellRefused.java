package io.jobyard;

import org.jspecify.annotations.Nullable;

/** The node's configuration does not let this {@link Shell} job run; the message names the rule. */
public final class ShellRefused extends RunRefused {
  public ShellRefused(String message) {
    super(message);
  }

  public ShellRefused(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
