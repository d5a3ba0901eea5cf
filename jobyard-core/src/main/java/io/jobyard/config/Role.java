package io.jobyard.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What somebody may do over HTTP; each may do what those before it may. */
public enum Role {
  /** Look. */
  READ,
  /** Push, cancel, retry, forget, pause. */
  OPERATE,
  /** Empty queues, change the code, end workers. */
  ADMIN;

  /** As it is written. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether this one may do what the other may. */
  public boolean covers(Role other) {
    return compareTo(other) >= 0;
  }

  static Role of(@Nullable String word) {
    for (Role role : values()) {
      if (role.word().equals(word)) {
        return role;
      }
    }
    throw new IllegalArgumentException(
        "must give each a role, read, operate or admin, got "
            + (word == null ? "none" : "'" + word + "'"));
  }
}
